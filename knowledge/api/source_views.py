"""Views of sources: from rows to what the API shows of them and of their syncs."""

import uuid
from datetime import datetime
from typing import Literal

from ninja import Field, Schema

from knowledge.api.refusals import missing
from knowledge.models import Source, SourcePage, SyncRun

Kinds = Literal["page", "site", "folder"]
Schedules = Literal["manual", "hourly", "daily", "weekly", "monthly"]


class RunOut(Schema):
    """A sync of a source, and how far it is."""

    id: int
    state: str = Field(description="queued, working, ready, failed or cancelled.")
    stage: str
    done: int
    total: int
    reason: str = Field(description="Why it failed, in a sentence.")
    counts: dict[str, int] = Field(description="Pages by what was found: new, changed, unchanged, gone, …")
    created_at: datetime
    finished_at: datetime | None


class RunDetail(RunOut):
    """A sync with the address and the reason of each page that failed or is gone."""

    failures: list[dict[str, str]]


class SourceOut(Schema):
    """A source and its latest sync."""

    id: int
    name: str
    kind: str
    address: str
    collection: str
    include: str
    exclude: str
    follow_links: bool
    depth: int
    page_budget: int
    seconds_between: float
    grace_days: int
    schedule: str
    is_paused: bool
    next_run_at: datetime | None
    created_at: datetime
    latest_run: RunOut | None

    @classmethod
    def of(cls, source: Source, run: SyncRun | None) -> "SourceOut":
        """Return a source as the API shows it."""
        names = set(cls.model_fields) - {"collection", "latest_run"}
        return cls(
            **{name: getattr(source, name) for name in names},
            collection=source.collection.slug,
            latest_run=RunOut.model_validate(run) if run else None,
        )


class PageOut(Schema):
    """A page of a source, what was last found there, and the document made of it."""

    id: int
    address: str
    state: str
    reason: str
    document: uuid.UUID | None
    seen_at: datetime | None

    @classmethod
    def of(cls, page: SourcePage) -> "PageOut":
        """Return a page as the API shows it."""
        names = set(cls.model_fields) - {"document"}
        return cls(**{name: getattr(page, name) for name in names}, document=page.document_id)


class SourceList(Schema):
    """A page of sources."""

    items: list[SourceOut]
    after: str = Field(description="The cursor of the next page; empty on the last one.")


class RunList(Schema):
    """A page of syncs, newest first."""

    items: list[RunOut]
    after: str


class PageList(Schema):
    """A page of pages, by address."""

    items: list[PageOut]
    after: str


def source_at(source_id: int) -> Source:
    """Return a source, or refuse because there is none."""
    sources = Source.objects.filter(collection__is_scratch=False).select_related("collection")
    source = sources.filter(pk=source_id).first()
    if source is None:
        raise missing(f"There is no source {str(source_id)[:20]}.")
    return source


def shown_source(source_id: int) -> SourceOut:
    """Return a source as it is now, with its latest sync."""
    source = source_at(source_id)
    return SourceOut.of(source, source.runs.order_by("-created_at", "-pk").first())


def detailed_run(run: SyncRun) -> RunDetail:
    """Return a sync with what went wrong in it."""
    names = set(RunOut.model_fields)
    failures = [{key: str(value) for key, value in trouble.items()} for trouble in run.troubles]
    return RunDetail(**{name: getattr(run, name) for name in names}, failures=failures)
