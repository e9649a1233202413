"""Searching over the API: from a question to the passages that may answer it; no model is asked."""

import uuid
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import AfterValidator, StringConstraints

from knowledge.api.door import READERS, Door, audiences_of, token_of
from knowledge.api.links import reader_link
from knowledge.api.reading import Asked, Plain, Said, Slug, shelf_named, storable
from knowledge.passages import Passage
from knowledge.retrieval import Scope, search

router = Router()
MOST_COLLECTIONS = 20
MOST_EARLIER = 20
LOOKED_THROUGH = 50  # passages, when only those of one language are wanted
Question = Annotated[
    str,  # bare, or the blanks would be counted before they are taken off
    StringConstraints(min_length=1, max_length=2000, strip_whitespace=True),
    AfterValidator(storable),
]
Eyes = Literal["public", "internal", "any"]
Shelves = Annotated[list[Slug], Field(max_length=MOST_COLLECTIONS)]


class SearchAsked(Asked):
    """A question, and whose eyes look for passages."""

    q: Annotated[Plain, StringConstraints(min_length=1, max_length=2000)]
    collection: list[Slug] = Field([], max_length=MOST_COLLECTIONS, description="May be repeated.")
    audience: Eyes = Field(
        "public", description="public: what customers may read; internal: the rest; any: both."
    )
    limit: int = Field(8, ge=1, le=50)


class SearchSaid(Said):
    """A question with what was asked before it, and where to look."""

    question: Question
    earlier: list[Question] = Field(
        [], max_length=MOST_EARLIER, description="The questions before it, oldest first; they count less."
    )
    collections: Shelves = Field([], description="Slugs; none: all.")
    audience: Eyes = Field("public", description="A token with the scope “ask” sees what is public only.")
    limit: int = Field(8, ge=1, le=20)
    language: Annotated[Slug, StringConstraints(max_length=8)] = Field(
        "", description="Only passages in this language, such as “de”, of the best 50 found."
    )


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
    url: str = Field(description="Where people read it, highlighted.")

    @classmethod
    def of(cls, request: HttpRequest, passage: Passage) -> "PassageOut":
        """Return a passage as the API shows it."""
        same = ("title", "page", "place", "text", "language", "start", "end", "score", "dense")
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


@router.post("/search", response=Passages, auth=Door(for_questions=True))
def search_with_history(request: HttpRequest, asked: SearchSaid) -> Passages:
    """Search as an assistant does in the middle of a conversation; the question is not kept anywhere."""
    shelves = tuple(shelf_named(slug).slug for slug in asked.collections)
    scope = Scope(audiences_of(token_of(request), asked.audience), shelves)
    most = LOOKED_THROUGH if asked.language else asked.limit
    found = search(asked.question, scope, most, asked.earlier)
    wanted = [passage for passage in found if asked.language in ("", passage.language)]
    return Passages(items=[PassageOut.of(request, passage) for passage in wanted[: asked.limit]])
