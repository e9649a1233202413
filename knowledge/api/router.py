"""The routes of knowledge: one router, of which each module brings its part."""

from ninja import Router

from knowledge.api import (
    collections,
    curated,
    embedding_sets,
    searching,
    sources,
    steering,
    syncing,
    uploads,
    watching,
)
from knowledge.api.reading import strict

router = Router()
router.add_decorator(strict)
router.add_router("", collections.router, tags=["Collections"])
router.add_router("", uploads.router, tags=["Documents"])
router.add_router("", steering.router, tags=["Documents"])
router.add_router("", sources.router, tags=["Sources"])
router.add_router("", syncing.router, tags=["Sources"])
router.add_router("", curated.router, tags=["Curated answers"])
router.add_router("", embedding_sets.router, tags=["Embedding sets"])
router.add_router("", searching.router, tags=["Searching and watching"])
router.add_router("", watching.router, tags=["Searching and watching"])
