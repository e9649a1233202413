"""Sync: the one function that works on a run, a slice at a time, until its frontier is empty.

It may be called twice, in parallel, or after a crash, with one effect: the claim lets one
caller in, the fence keeps a late writer out, and the frontier says where to go on. Slices
are short, so that a site of hours does not keep a worker from the documents that wait.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from knowledge.crawling import Fetcher
from knowledge.crawling.fetch import Known
from knowledge.crawling.pinning import Refused, Unreachable
from knowledge.crawling.politeness import Politeness
from knowledge.errors import PermanentError
from knowledge.ingestion.claims import Cancelled, ClaimLost
from knowledge.models import PageState, Source, SourceKind, SourcePage, State, SyncRun
from knowledge.sources import frontier
from knowledge.sources.claims import RunClaim, claim_run
from knowledge.sources.content import taken_in
from knowledge.sources.folder import DiskReader, allowed_folder
from knowledge.sources.looks import Body, Failed, Found, LeftOut, Look
from knowledge.sources.scope import Patterns, SiteScope
from knowledge.sources.settling import Settled, settle, take
from knowledge.sources.web import Visit, WebReader

log = logging.getLogger(__name__)

PRODUCT = "supportbot/0.1"
SLICE_SECONDS = 20.0
MOST_TRIES = 3  # of one page in one run
MOST_SETBACKS = 5  # workers that die over one run
MOST_SILENCES = 20  # requests in a row that nobody answers
MOST_POSTPONEMENTS = 3  # of a beginning
FIRST_WAIT = 5.0  # seconds before a page is tried again; four times as long each time
LONGEST_WAIT = 300.0  # seconds, whatever the server asks for
BATCH = 500  # addresses taken in at once
Reader = WebReader | DiskReader


def sync(run_id: int, seconds: float = SLICE_SECONDS) -> bool:
    """Work on a run for about ``seconds``; return whether it wants to be called again at once.

    Returns without effect when another worker has it. Failures end in the row with a sentence
    for staff; what the source's pages were before stays as it was.
    """
    claim = claim_run(run_id)
    if claim is None:
        return False
    with claim, _endings(claim):
        return _Slice(claim).work(time.monotonic() + seconds)
    return False


@contextmanager
def _endings(claim: RunClaim) -> Iterator[None]:
    try:
        yield
    except Cancelled:
        claim.end(State.CANCELLED, reason="Cancelled by staff.")
    except ClaimLost:
        log.info("run %s was taken over; this attempt ends", claim.run_id)
    except PermanentError as error:
        claim.end(State.FAILED, reason=str(error))
    except Unreachable as error:
        _postpone(claim, error)


def _postpone(claim: RunClaim, error: Unreachable) -> None:
    """Begin later: the site is there, but not now."""
    silences = 1 + SyncRun.objects.filter(id=claim.run_id).values_list("silences", flat=True).get()
    if silences >= MOST_POSTPONEMENTS:
        claim.end(State.FAILED, reason=f"{error} Tried {silences} times.")
        return
    later = {"due_at": Now() + _wait(silences + 1, error), "rung_at": None, "silences": silences}
    claim.end(State.QUEUED, reason=f"{error} Trying again soon.", **later)


def _wait(tries: int, error: Unreachable) -> timedelta:
    """Return how long to wait before the next try: what the server asks for, or longer each time."""
    wanted = FIRST_WAIT * 4 ** (tries - 1) if error.retry_after is None else error.retry_after
    return timedelta(seconds=min(wanted, LONGEST_WAIT))


class _Slice:
    """One stretch of work on a claimed run."""

    def __init__(self, claim: RunClaim) -> None:
        self.claim = claim
        self.run = SyncRun.objects.select_related("source__collection").get(id=claim.run_id)
        self.source = self.run.source

    def work(self, until: float) -> bool:
        """Plan if nothing is planned yet, then look at pages; return whether any are left to look at now."""
        if self.run.setbacks >= MOST_SETBACKS:
            raise PermanentError(
                f"Gave up: {self.run.setbacks} workers died over it. Look into the worker's log, then sync."
            )
        reader = _reader(self.source, self.run, self.claim)
        if self.run.stage != "reading":
            self._plan(reader)
        while time.monotonic() < until:
            page = frontier.next_page(self.run)
            if page is None:
                return self._rest()
            self._visit(reader, page)
        self.claim.end(State.QUEUED, rung_at=Now())
        return True

    def _plan(self, reader: Reader) -> None:
        """Fill the frontier with what the source names and with what we know of it."""
        found = list(_beginning(reader, self.source))
        for first in range(0, len(found), BATCH):
            with self.claim.fenced() as run:
                take(run, self.source, found[first : first + BATCH])
                run.save(update_fields=["counts", "total"])
        with self.claim.fenced() as run:
            problems = reader.problems if isinstance(reader, WebReader) else {}
            run.troubles += [
                {"address": url, "state": PageState.FAILED, "reason": reason}
                for url, reason in problems.items()
            ]
            run.stage, run.reason, run.silences = "reading", "", 0
            run.save(update_fields=["stage", "reason", "silences", "troubles"])

    def _visit(self, reader: Reader, page: SourcePage) -> None:
        # Counted before: a page that kills its worker each time is given up like any other.
        page.attempts += 1
        with self.claim.fenced():
            page.save(update_fields=["attempts"])
        if page.attempts > MOST_TRIES:
            look: Look = Failed("The worker died over it each time.")
        else:
            try:
                look = _look(reader, page)
            except Refused as error:
                look = Failed(str(error))
            except Unreachable as error:
                self._silence(page, error)
                return
        outcome, document = taken_in(self.source, page, look)
        found = _found(reader, page, look, self.source.depth)
        settle(self.claim, self.source, page, Settled(outcome, document, found, isinstance(look, Body)))

    def _silence(self, page: SourcePage, error: Unreachable) -> None:
        """Nobody answered: try the page again later in this run, or give it up for this time."""
        with self.claim.fenced() as run:
            run.silences += 1
            run.save(update_fields=["silences"])
        if run.silences >= MOST_SILENCES:
            raise PermanentError(
                f"Stopped: the last {run.silences} requests got no answer. {error} "
                "What we have stays as it is."
            )
        if page.attempts >= MOST_TRIES:
            settle(self.claim, self.source, page, Settled(Failed(f"{error} Tried {page.attempts} times.")))
            return
        page.retry_at, page.reason = timezone.now() + _wait(page.attempts, error), str(error)
        with self.claim.fenced():
            page.save(update_fields=["retry_at", "reason"])

    def _rest(self) -> bool:
        """End the run, or put it down until the first page may be tried again."""
        waiting = frontier.next_retry(self.run)
        if waiting is not None:
            self.claim.end(State.QUEUED, due_at=waiting.retry_at, rung_at=None)
            return False
        self.claim.end(State.READY, reason="")
        return False


def _reader(source: Source, run: SyncRun, claim: RunClaim) -> Reader:
    patterns = Patterns.of(source.include, source.exclude)
    if source.kind == SourceKind.FOLDER:
        folder = allowed_folder(source.address, settings.SOURCE_FOLDERS)
        return DiskReader(folder, patterns, settings.UPLOAD_MAX_MB * 1_000_000)
    is_site = source.kind == SourceKind.SITE
    reader = WebReader(
        source.address,
        Fetcher(agent(), frozenset(settings.CRAWL_PRIVATE_HOSTS)),
        Politeness(source.seconds_between, claim.pause),
        SiteScope.of(source.address, patterns) if is_site else None,
        is_site and source.follow_links,
    )
    for address in run.pages.filter(depth__gt=0).exclude(state=PageState.SKIPPED).values_list("address"):
        reader.traps.reason(address[0])
    return reader


def agent() -> str:
    """Return the name that we give to the sites we read; robots.txt files address us by it."""
    contact = f" (+{settings.PUBLIC_URL})" if settings.PUBLIC_URL else ""
    return f"{PRODUCT}{contact}"


def _beginning(reader: Reader, source: Source) -> Iterator[Found]:
    """Yield what the source names, then the pages we know of: those no longer named may still be there."""
    known = source.pages.filter(Q(is_withdrawn=False) & ~Q(state=PageState.GONE, document=None))
    if isinstance(reader, DiskReader):
        named = list(reader.start())
        if not named and known.exists():
            raise Refused(
                f"The folder {source.address} is empty now. Is the disk mounted? "
                "If it is meant to be empty, remove the source."
            )
    else:
        named = list(reader.start(source.page_budget * frontier.ROWS_PER_PAGE))
    yield from named
    # Pages that are in come first: were they part of a maze, new ones would be left out and not they.
    for address, depth in known.order_by(F("document").asc(nulls_last=True)).values_list("address", "depth"):
        if isinstance(reader, DiskReader):
            yield Found(address, depth, reader.patterns.left_out(f"/{address}"))
        else:
            yield reader.known(address, depth)


def _look(reader: Reader, page: SourcePage) -> Look:
    # Without the document that it is compared with, the whole page is wanted.
    known = Known(page.etag, page.last_modified) if page.document_id else Known()
    if isinstance(reader, DiskReader):
        return reader.look(page.address, known)
    pointing = page.source.pages.filter(leads_to=page.address).values_list("address", flat=True)
    return reader.look(Visit(page.address, known, frozenset(pointing)))


def _found(reader: Reader, page: SourcePage, look: Look, most: int) -> tuple[Found, ...]:
    """Return the addresses that a look leads to."""
    if isinstance(reader, DiskReader) or not isinstance(look, Body | LeftOut):
        return ()
    elsewhere = [look.leads_to] if isinstance(look, LeftOut) and look.leads_to else []
    links = look.links if page.depth < most else ()
    return (*reader.found(elsewhere, page.depth), *reader.found(links, page.depth + 1))
