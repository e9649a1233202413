"""Reading: from what a program sent to checked values; what nobody knows is refused, not ignored."""

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, StringConstraints

from knowledge.api.refusals import invalid
from knowledge.models import Collection
from knowledge.querysets import shelves
from knowledge.staff.ordered import Ordered
from knowledge.staff.paging import Keyset, Slice

MOST_ROWS = 100
Row = TypeVar("Row", bound=Model)


def storable(text: str) -> str:
    """Return a text that a database can hold, or raise the reason why it is none."""
    if "\x00" in text:
        raise ValueError("holds a NUL character, which no text can: take it out")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds half of a character, which nobody can read: take it out") from error
    return text


Plain = Annotated[str, AfterValidator(storable)]
Words = Annotated[Plain, StringConstraints(max_length=200, strip_whitespace=True)]
Slug = Annotated[Plain, StringConstraints(max_length=80)]


class Said(Schema):
    """A body or a form, of which every field is known."""

    model_config = ConfigDict(extra="forbid")


class Asked(Schema):
    """The parameters of an address, of which every one is known (see ``strict``)."""


class PageAsked(Asked):
    """Which page of a list: the rows behind a cursor."""

    after: Annotated[Plain, StringConstraints(max_length=200)] = Field(
        "", description="The “after” of the page before; nothing for the first page."
    )
    limit: int = Field(50, ge=1, le=MOST_ROWS, description="How many rows a page has.")


def strict(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse parameters of the address, form fields and files that ``view`` does not read."""

    @wraps(view)
    def guarded(request: HttpRequest, **values: Any) -> Any:
        asked = {name for value in values.values() if isinstance(value, Asked) for name in _names(value)}
        _refuse("parameter", set(request.GET) - asked)
        if request.content_type == "multipart/form-data":
            said = {name for value in values.values() if isinstance(value, Said) for name in _names(value)}
            files = {name for name, value in values.items() if isinstance(value, UploadedFile)}
            _refuse("form field", set(request.POST) - said)
            _refuse("file", set(request.FILES) - files)
        return view(request, **values)

    return guarded


def shelf_named(slug: str) -> Collection:
    """Return the collection that a body or a parameter names; refuse a name that none has."""
    collection = shelves().filter(slug=slug).first()
    if collection is None:
        raise invalid(f"There is no collection “{slug}”: GET /collections lists those there are.")
    return collection


def page_of(order: Keyset | Ordered, rows: QuerySet[Row], asked: PageAsked) -> Slice[Row]:
    """Return the page of rows that was asked for; refuse a cursor that is not one of ours."""
    try:
        return order.page(rows, {"after": asked.after})
    except Http404:
        raise invalid("“after” is no cursor of this list: begin again without it.") from None


def _names(values: Schema) -> set[str]:
    return set(type(values).model_fields)


def _refuse(kind: str, unknown: set[str]) -> None:
    if unknown:
        raise invalid(f"There is no {kind} “{min(unknown)[:80]}” here: leave it out.")
