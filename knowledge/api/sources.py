"""Sources over the API: listed, added, revised and removed."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import StrictBool, StrictInt, StringConstraints

from knowledge.api.door import member
from knowledge.api.reading import Asked, PageAsked, Plain, Said, Slug, Words, page_of, shelf_named
from knowledge.api.refusals import conflicts, invalid
from knowledge.api.source_views import Kinds, Schedules, SourceList, SourceOut, shown_source, source_at
from knowledge.sources import steering
from knowledge.sources.steering import SourcePlan
from knowledge.staff.ordered import Ordered
from knowledge.staff.source_forms import SourceFilters
from knowledge.staff.source_rows import sources_matching, with_runs

router = Router()
Address = Annotated[Plain, StringConstraints(max_length=1000, strip_whitespace=True)]
Patterns = Annotated[Plain, StringConstraints(max_length=10_000)]
Name = Annotated[Plain, StringConstraints(max_length=200, strip_whitespace=True)]


class SourcesAsked(PageAsked):
    """Which sources; left out means any."""

    q: Words = Field("", description="Words of the name or the address.")
    collection: Slug = ""
    kind: Kinds | None = None
    paused: bool | None = None


class RemovalAsked(Asked):
    """What becomes of the documents of a source that is removed."""

    documents: Literal["keep", "delete"]


class NewSource(Said):
    """A source to be added; it is synced at once."""

    collection: Slug
    kind: Kinds
    address: Address = Field(description="An address of the web, or a folder listed in SOURCE_FOLDERS.")
    name: Name = ""
    include: Patterns = Field("", description="Patterns of addresses, one a line.")
    exclude: Patterns = Field("", description="Patterns of addresses, one a line.")
    follow_links: StrictBool = True
    depth: StrictInt = 3
    page_budget: StrictInt = 500
    seconds_between: float = 1.0
    grace_days: StrictInt = 3
    schedule: Schedules = "daily"


class SourceChanges(Said):
    """What changes about a source; left out means it stays."""

    collection: Slug | None = None
    address: Address | None = None
    name: Name | None = None
    include: Patterns | None = None
    exclude: Patterns | None = None
    follow_links: StrictBool | None = None
    depth: StrictInt | None = None
    page_budget: StrictInt | None = None
    seconds_between: float | None = None
    grace_days: StrictInt | None = None
    schedule: Schedules | None = None


@router.get("/sources", response=SourceList)
def list_sources(request: HttpRequest, asked: Query[SourcesAsked]) -> SourceList:
    """List sources with their latest syncs, oldest first."""
    filters = SourceFilters(
        words=asked.q,
        collection=shelf_named(asked.collection) if asked.collection else None,
        kind=asked.kind or "",
        paused=asked.paused,
    )
    page = page_of(Ordered("id", size=asked.limit), sources_matching(filters), asked)
    rows = with_runs(page.rows)
    return SourceList(items=[SourceOut.of(row.source, row.run) for row in rows], after=page.after)


@router.post("/sources", response={201: SourceOut})
def add_source(request: HttpRequest, wanted: NewSource) -> SourceOut:
    """Add a source and sync it for the first time."""
    plan = SourcePlan(**{**wanted.dict(), "collection": shelf_named(wanted.collection)})
    return shown_source(steering.add_source(plan, member(request)).pk)


@router.get("/sources/{int:source_id}", response=SourceOut)
def show_source(request: HttpRequest, source_id: int) -> SourceOut:
    """Show one source and its latest sync."""
    return shown_source(source_id)


@router.patch("/sources/{int:source_id}", response=SourceOut)
def revise_source(request: HttpRequest, source_id: int, wanted: SourceChanges) -> SourceOut:
    """Change a source; its pages are read anew at the next sync."""
    source = source_at(source_id)
    changes: dict[str, Any] = wanted.dict(exclude_unset=True)
    for name, value in changes.items():
        if value is None:
            raise invalid(f"“{name}” cannot be null: leave it out to keep it.")
    if "collection" in changes:
        changes["collection"] = shelf_named(changes["collection"])
    steering.revise_source(source, replace(SourcePlan.of(source), **changes), member(request))
    return shown_source(source_id)


@router.delete("/sources/{int:source_id}", response={204: None})
def remove_source(request: HttpRequest, source_id: int, asked: Query[RemovalAsked]) -> None:
    """Remove a source; its documents stay and are no longer refreshed, or are deleted with it."""
    with conflicts():
        steering.remove_source(source_at(source_id), asked.documents == "delete", member(request))
