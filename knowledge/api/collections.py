"""Collections over the API: listed, looked at and made."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from django.db import IntegrityError
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError
from pydantic import StringConstraints

from knowledge.api.reading import PageAsked, Plain, Said, Slug, page_of
from knowledge.api.refusals import invalid, missing
from knowledge.models import Collection
from knowledge.querysets import shelves_with_counts
from knowledge.staff.forms import CollectionForm
from knowledge.staff.ordered import Ordered

router = Router()
Reader = Literal["public", "internal"]


class CollectionOut(Schema):
    """A collection."""

    slug: str
    name: str
    audience: str
    documents: int = Field(description="How many documents stand on it.")
    chunks: int = Field(description="How many passages of it can be found.")
    holds_findings: bool
    created_at: datetime

    @classmethod
    def of(cls, collection: Collection) -> "CollectionOut":
        """Return a collection as the API shows it."""
        return cls(
            slug=collection.slug,
            name=collection.name,
            audience=collection.audience,
            documents=getattr(collection, "document_count", 0),
            chunks=collection.chunk_count,
            holds_findings=collection.holds_findings,
            created_at=collection.created_at,
        )


class CollectionPage(Schema):
    """A page of collections."""

    items: list[CollectionOut]
    after: str = Field(description="The cursor of the next page; empty on the last one.")


class NewCollection(Said):
    """A collection to be made."""

    name: Annotated[Plain, StringConstraints(max_length=200)]
    slug: Slug = Field(description="Letters, numbers and hyphens; it never changes.")
    audience: Reader = "public"


@router.get("/collections", response=CollectionPage)
def list_collections(request: HttpRequest, asked: Query[PageAsked]) -> CollectionPage:
    """List the collections, by their slugs."""
    page = page_of(Ordered("slug", size=asked.limit), shelves_with_counts(), asked)
    return CollectionPage(items=[CollectionOut.of(row) for row in page.rows], after=page.after)


@router.post("/collections", response={201: CollectionOut})
def make_collection(request: HttpRequest, wanted: NewCollection) -> CollectionOut:
    """Make a collection, by the same rules as in the staff area."""
    form = CollectionForm(wanted.dict())
    if not form.is_valid():
        raise invalid(" ".join(str(error) for errors in form.errors.values() for error in errors))
    try:
        made = form.save()
    except IntegrityError:
        raise HttpError(HTTPStatus.CONFLICT, "Somebody made this collection a moment ago.") from None
    return CollectionOut.of(made)


@router.get("/collections/{slug:slug}", response=CollectionOut)
def show_collection(request: HttpRequest, slug: str) -> CollectionOut:
    """Show one collection."""
    collection = shelves_with_counts().filter(slug=slug).first()
    if collection is None:
        raise missing(f"There is no collection “{slug}”.")
    return CollectionOut.of(collection)
