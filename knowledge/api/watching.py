"""Watching and searching over the API: how everything stands, and which passages a question finds."""

import uuid
from typing import Annotated, Literal

from django.db.models import Count
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import StringConstraints

from knowledge.api.links import reader_link
from knowledge.api.reading import Asked, Plain, Slug, shelf_named
from knowledge.heartbeats import last_seen
from knowledge.models import Audience, Document, Finding, FindingState, State, SyncRun, Version
from knowledge.passages import Passage
from knowledge.retrieval import Scope, search
from knowledge.staff.pages import LATE

router = Router()
OPEN = (State.QUEUED, State.WORKING)
PROCESSES = ("worker", "beat", "answers")
MOST_COLLECTIONS = 20
READERS = {
    "public": (Audience.PUBLIC.value,),
    "internal": (Audience.INTERNAL.value,),
    "any": (Audience.PUBLIC.value, Audience.INTERNAL.value),
}


class ProcessOut(Schema):
    """A kind of process, and when one of it was last at work."""

    is_at_work: bool
    seconds_ago: int | None = Field(description="Null: never.")


class StatusOut(Schema):
    """How everything stands."""

    documents: dict[str, int] = Field(description="Documents by the state of their latest version.")
    published: int
    versions_queued: int
    versions_working: int
    syncs_queued: int
    syncs_working: int
    findings_open: int
    processes: dict[str, ProcessOut]


class SearchAsked(Asked):
    """A question, and whose eyes look for passages."""

    q: Annotated[Plain, StringConstraints(min_length=1, max_length=2000)]
    collection: list[Slug] = Field([], max_length=MOST_COLLECTIONS, description="May be repeated.")
    audience: Literal["public", "internal", "any"] = Field(
        "public", description="public: what customers may read; internal: the rest; any: both."
    )
    limit: int = Field(8, ge=1, le=50)


class PassageOut(Schema):
    """A passage with its place and why it was found."""

    document: uuid.UUID
    version: uuid.UUID
    chunk: int
    title: str
    heading_path: list[str]
    page: int | None
    place: str
    text: str
    language: str
    start: int
    end: int
    score: float = Field(description="dense and lexical, fused; higher is better.")
    dense: float = Field(description="The cosine similarity.")
    lexical: float = Field(description="The share of the best possible BM25 score, 0 to 1.")
    url: str = Field(description="Where people read it, highlighted.")

    @classmethod
    def of(cls, request: HttpRequest, passage: Passage) -> "PassageOut":
        """Return a passage as the API shows it."""
        same = ("title", "page", "place", "text", "language", "start", "end", "score", "dense", "lexical")
        return cls(
            **{name: getattr(passage, name) for name in same},
            document=passage.document_id,
            version=passage.version_id,
            chunk=passage.chunk_id,
            heading_path=list(passage.heading_path),
            url=reader_link(request, passage.version_id, passage.start, passage.end),
        )


class Passages(Schema):
    """The passages that may answer a question, best first."""

    items: list[PassageOut]


@router.get("/search", response=Passages)
def search_passages(request: HttpRequest, asked: Query[SearchAsked]) -> Passages:
    """Search the published documents as an assistant does; no model is asked."""
    shelves = tuple(shelf_named(slug).slug for slug in asked.collection)
    found = search(asked.q, Scope(READERS[asked.audience], shelves), asked.limit)
    return Passages(items=[PassageOut.of(request, passage) for passage in found])


@router.get("/status", response=StatusOut)
def show_status(request: HttpRequest) -> StatusOut:
    """Say how many documents are in which state, what waits, and which processes are at work."""
    documents = Document.objects.filter(collection__is_scratch=False)
    by_state = documents.order_by().values_list("latest_version__state").annotate(Count("pk"))
    versions, syncs = _waiting(Version), _waiting(SyncRun)
    return StatusOut(
        documents={state or "empty": number for state, number in by_state},
        published=documents.filter(is_published=True).count(),
        versions_queued=versions.get(State.QUEUED, 0),
        versions_working=versions.get(State.WORKING, 0),
        syncs_queued=syncs.get(State.QUEUED, 0),
        syncs_working=syncs.get(State.WORKING, 0),
        findings_open=Finding.objects.filter(state=FindingState.OPEN).count(),
        processes={kind: _process(kind) for kind in PROCESSES},
    )


def _waiting(work: type[Version] | type[SyncRun]) -> dict[str, int]:
    rows = work._default_manager.filter(state__in=OPEN).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


def _process(kind: str) -> ProcessOut:
    age = last_seen(kind)
    if age is None:
        return ProcessOut(is_at_work=False, seconds_ago=None)
    return ProcessOut(is_at_work=age <= LATE, seconds_ago=int(age.total_seconds()))
