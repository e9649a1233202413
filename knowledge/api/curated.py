"""Curated answers over the API: listed, added, changed, confirmed and removed."""

import uuid
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import StrictBool, StringConstraints

from knowledge.api.collections import Reader
from knowledge.api.door import member
from knowledge.api.reading import PageAsked, Plain, Said, Slug, Words, page_of, shelf_named
from knowledge.api.refusals import conflicts, invalid, missing
from knowledge.curated import keeping
from knowledge.curated.planning import LONGEST_QUESTION, LONGEST_URL, MOST_VARIANTS, CuratedPlan
from knowledge.models import CuratedAnswer, Document
from knowledge.querysets import documents_in_shelves
from knowledge.staff.curated_forms import CuratedFilterForm
from knowledge.staff.ordered import Ordered

router = Router()
Question = Annotated[Plain, StringConstraints(max_length=LONGEST_QUESTION)]
Variants = Annotated[list[Question], Field(max_length=MOST_VARIANTS)]
Url = Annotated[Plain, StringConstraints(max_length=LONGEST_URL)]


class CuratedOut(Schema):
    """A curated answer and the questions it answers."""

    id: int
    collection: str
    question: str
    variants: list[str]
    text: str
    language: str
    audience: str
    document: uuid.UUID | None
    source_url: str
    expires_on: date | None
    is_enabled: bool
    hits: int = Field(description="How often customers were given it.")
    last_hit_at: datetime | None
    warning: str = Field(description="What a newer document says otherwise.")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, answer: CuratedAnswer) -> "CuratedOut":
        """Return a curated answer as the API shows it."""
        names = set(cls.model_fields) - {"collection", "question", "variants", "document"}
        plan = CuratedPlan.of(answer)
        return cls(
            **{name: getattr(answer, name) for name in names},
            collection=answer.collection.slug,
            question=plan.question,
            variants=list(plan.variants),
            document=answer.document_id,
        )


class CuratedPage(Schema):
    """A page of curated answers, newest first."""

    items: list[CuratedOut]
    after: str = Field(description="The cursor of the next page; empty on the last one.")


class CuratedAsked(PageAsked):
    """Which curated answers; left out means any."""

    q: Words = Field("", description="Words of a question or of the answer.")
    collection: Slug = ""
    state: Literal["given", "off", "expired", "warned", "unused"] | None = None


class NewCurated(Said):
    """A curated answer to be added."""

    collection: Slug
    question: Question
    text: Plain = Field(description="Customers read it word for word.")
    variants: Variants = Field(default=[], description="Other wordings of the question.")
    language: Slug = Field("", description="A code like “de”; empty: as detected.")
    audience: Reader | None = Field(None, description="Left out: as the collection.")
    document: uuid.UUID | None = Field(None, description="Where a customer can read on.")
    source_url: Url = ""
    expires_on: date | None = None
    is_enabled: StrictBool = True


class CuratedChanges(Said):
    """What changes about a curated answer; left out means it stays."""

    collection: Slug | None = None
    question: Question | None = None
    text: Plain | None = None
    variants: Variants | None = None
    language: Slug | None = None
    audience: Reader | None = None
    document: uuid.UUID | None = Field(None, description="Null: none any more.")
    source_url: Url | None = None
    expires_on: date | None = Field(None, description="Null: never.")
    is_enabled: StrictBool | None = None


@router.get("/curated-answers", response=CuratedPage)
def list_curated(request: HttpRequest, asked: Query[CuratedAsked]) -> CuratedPage:
    """List curated answers, newest first."""
    if asked.collection:
        shelf_named(asked.collection)
    form = CuratedFilterForm({"q": asked.q, "collection": asked.collection, "state": asked.state or ""})
    page = page_of(Ordered("id", is_descending=True, size=asked.limit), form.found(), asked)
    return CuratedPage(items=[CuratedOut.of(row) for row in page.rows], after=page.after)


@router.post("/curated-answers", response={201: CuratedOut})
def add_curated(request: HttpRequest, wanted: NewCurated) -> CuratedOut:
    """Add a curated answer; customers get it from the next question on."""
    values: dict[str, Any] = wanted.dict()
    plan = CuratedPlan(**{**values, **_references(values), "audience": wanted.audience or ""})
    return _shown(keeping.add(plan, member(request)).pk)


@router.get("/curated-answers/{int:answer_id}", response=CuratedOut)
def show_curated(request: HttpRequest, answer_id: int) -> CuratedOut:
    """Show one curated answer."""
    return _shown(answer_id)


@router.patch("/curated-answers/{int:answer_id}", response=CuratedOut)
def change_curated(request: HttpRequest, answer_id: int, wanted: CuratedChanges) -> CuratedOut:
    """Change a curated answer, enable or disable it."""
    answer = _answer(answer_id)
    changes: dict[str, Any] = wanted.dict(exclude_unset=True)
    for name in set(changes) - {"document", "expires_on"}:
        if changes[name] is None:
            raise invalid(f"“{name}” cannot be null: leave it out to keep it.")
    plan = replace(CuratedPlan.of(answer), **{**changes, **_references(changes)})
    keeping.change(answer, plan, member(request))
    return _shown(answer_id)


@router.delete("/curated-answers/{int:answer_id}", response={204: None})
def remove_curated(request: HttpRequest, answer_id: int) -> None:
    """Delete a curated answer; what customers were shown stays in their conversations."""
    keeping.remove(_answer(answer_id), member(request))


@router.post("/curated-answers/{int:answer_id}/confirm", response=CuratedOut)
def confirm_curated(request: HttpRequest, answer_id: int) -> CuratedOut:
    """Clear the warning: the answer still holds, and the same warning does not come back."""
    with conflicts():
        keeping.confirm(_answer(answer_id), member(request))
    return _shown(answer_id)


def _references(values: dict[str, Any]) -> dict[str, Any]:
    """Return the rows that ``values`` names, as far as they name any."""
    found: dict[str, Any] = {}
    if "collection" in values:
        found["collection"] = shelf_named(values["collection"])
    if "document" in values:
        found["document"] = _document(values["document"])
    if "variants" in values:
        found["variants"] = tuple(values["variants"])
    return found


def _document(number: uuid.UUID | None) -> Document | None:
    if number is None:
        return None
    document = documents_in_shelves().filter(pk=number).first()
    if document is None:
        raise invalid(f"There is no document {number} to read on in: leave “document” out.")
    return document


def _answers() -> QuerySet[CuratedAnswer]:
    answers = CuratedAnswer.objects.filter(collection__is_scratch=False)
    return answers.select_related("collection", "document").prefetch_related("questions")


def _answer(answer_id: int) -> CuratedAnswer:
    answer = _answers().filter(pk=answer_id).first()
    if answer is None:
        raise missing(f"There is no curated answer {str(answer_id)[:20]}.")
    return answer


def _shown(answer_id: int) -> CuratedOut:
    return CuratedOut.of(_answer(answer_id))
