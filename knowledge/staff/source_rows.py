"""Rows of the source pages: from what staff look for to sources, their latest syncs and their pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from knowledge.models import PageState, Source, SourcePage, State, SyncRun
from knowledge.staff.source_forms import SourceFilters


@dataclass(frozen=True, slots=True)
class Row:
    """A source and its latest sync."""

    source: Source
    run: SyncRun | None

    @property
    def is_in_progress(self) -> bool:
        """Say whether it is being synced."""
        return self.run is not None and self.run.is_in_progress


def sources_matching(filters: SourceFilters) -> QuerySet[Source]:
    """Return the sources that staff look for, by name, with ``latest_run_id`` and ``latest_state``."""
    latest = SyncRun.objects.filter(source=OuterRef("pk")).order_by("-created_at", "-pk")
    found = Source.objects.filter(collection__is_scratch=False).select_related("collection")
    found = found.annotate(
        latest_run_id=Subquery(latest.values("pk")[:1]), latest_state=Subquery(latest.values("state")[:1])
    )
    if filters.words:
        found = found.filter(Q(name__icontains=filters.words) | Q(address__icontains=filters.words))
    if filters.collection is not None:
        found = found.filter(collection=filters.collection)
    if filters.paused is not None:
        found = found.filter(is_paused=filters.paused)
    exactly = {"kind": filters.kind, "latest_state": filters.state}
    return found.filter(**{column: value for column, value in exactly.items() if value}).order_by(
        "name", "pk"
    )


def with_runs(sources: Iterable[Source]) -> list[Row]:
    """Return sources of ``sources_matching`` with their latest syncs, fetched at once."""
    listed = [(source, getattr(source, "latest_run_id", None)) for source in sources]
    runs = SyncRun.objects.defer("troubles").in_bulk([run for _source, run in listed if run])
    return [Row(source, runs.get(run) if run else None) for source, run in listed]


def runs_of(source: Source) -> QuerySet[SyncRun]:
    """Return the syncs of a source without their long lists of troubles."""
    return source.runs.defer("troubles").select_related("started_by").order_by("-created_at", "-pk")


def pages_of(source: Source, words: str = "", state: str = "") -> QuerySet[SourcePage]:
    """Return the pages of a source that staff look for, by address, with their documents."""
    found = source.pages.select_related("document").order_by("address")
    if words:
        found = found.filter(address__icontains=words)
    return found.filter(state=state) if state else found


def pages_by_state(source: Source) -> list[tuple[str, str, int]]:
    """Return value, name and number of pages of each state that occurs, in the order of the states."""
    numbers = dict(source.pages.order_by().values_list("state").annotate(Count("pk")))
    return [(value, str(name), numbers[value]) for value, name in PageState.choices if value in numbers]


def open_run_of(source: Source) -> SyncRun | None:
    """Return the sync of a source that is under way."""
    return source.runs.filter(state__in=[State.QUEUED, State.WORKING]).first()
