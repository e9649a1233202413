"""Watching over the API: how everything stands."""

from django.db.models import Count
from django.http import HttpRequest
from ninja import Field, Router, Schema

from knowledge.heartbeats import last_seen
from knowledge.models import Document, Finding, FindingState, State, SyncRun, Version
from knowledge.staff.pages import LATE

router = Router()
OPEN = (State.QUEUED, State.WORKING)
PROCESSES = ("worker", "beat", "answers")


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
