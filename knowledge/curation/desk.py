"""The desk: a live document held still while staff lay an edit on it.

Staff point at a passage of the edited text; an edit is anchored in the source. All that is
needed to go from the one to the other is here, and so is the making of the edit's row.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models.functions import Now

from knowledge.acts import record
from knowledge.errors import PermanentError
from knowledge.ingestion.accept import Made, Original, queue_version
from knowledge.ingestion.versions import locked
from knowledge.models import Chunk, Document, Edit, EditState, Origin, State, Version
from knowledge.placements import TEXTUAL, OverlayKind, Placement, backward, forward, source_of
from knowledge.sentences import Span


@dataclass(frozen=True, slots=True)
class Draft:
    """An edit before it is made: its span is of the source; the edits it takes the place of end."""

    kind: OverlayKind
    span: Span
    text: str = ""
    at: int = 0
    replaced: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """A document, its live version and where its edits lie; its row is locked."""

    document: Document
    live: Version
    placements: tuple[Placement, ...]

    @property
    def text(self) -> str:
        """Return the text customers read."""
        return self.live.text

    @property
    def source(self) -> str:
        """Return the text as the parser gave it."""
        return source_of(self.live.text, self.placements)

    @property
    def textual(self) -> list[Placement]:
        """Return the edits that changed the text, in its order."""
        return [row for row in self.placements if row.kind in TEXTUAL]

    def source_span(self, start: int, end: int) -> Span:
        """Return the span of the source that a span of the text came from, without white space around it."""
        first, last = backward(self.placements, start), backward(self.placements, end, is_end=True)
        stretch = self.source[first:last]
        bare = stretch.strip()
        begin = first + len(stretch) - len(stretch.lstrip())
        return begin, begin + len(bare)

    def own_start(self, chunk: Chunk) -> int:
        """Return where a chunk begins to say something new: behind the sentence it repeats."""
        before = Chunk.objects.filter(version=self.live, ordinal=chunk.ordinal - 1)
        start = max([chunk.start, *before.values_list("end", flat=True)])
        start += len(self.text[start : chunk.end]) - len(self.text[start : chunk.end].lstrip())
        return start if start < chunk.end else chunk.start

    def pending(self, kinds: Iterable[OverlayKind]) -> list[Edit]:
        """Return the edits of ``kinds`` that are in force but not live yet."""
        known = {row.edit for row in self.placements}
        edits = self.document.edits.filter(state=EditState.ACTIVE, kind__in=list(kinds))
        return list(edits.exclude(id__in=known))

    def make(self, draft: Draft, by: User | None) -> Edit:
        """Make an edit, end those it replaces, and have the document made anew."""
        start, end = draft.span
        edit = Edit.objects.create(
            document=self.document,
            kind=draft.kind.value,
            start=start,
            end=end,
            source_text=self.source[start:end],
            heading_path=self.path_at(start),
            text=draft.text,
            at=draft.at,
            base_version=self.live,
            made_by=by,
        )
        Edit.objects.filter(id__in=draft.replaced).update(
            state=EditState.UNDONE, replaced_by=edit, decided_by=by, decided_at=Now()
        )
        record("edited", self.document, by, edit=edit.pk, kind=edit.kind, replaces=list(draft.replaced))
        make_anew(self.document, by)
        return edit

    def path_at(self, place: int) -> list[str]:
        """Return the heading path at a place of the source."""
        there = forward(self.placements, place)
        paths = [block["heading_path"] for block in self.live.blocks if block["start"] <= there]
        return list(paths[-1]) if paths else []


@contextmanager
def desk_of(document_id: UUID) -> Iterator[Desk]:
    """Give the desk of a document in a transaction.

    Raises:
        PermanentError: The document is gone, or nothing of it is live.
    """
    with locked(document_id) as (_, document):
        live = document.live_version
        if live is None:
            raise PermanentError("Nothing of this document is live yet: wait until it is ready.")
        yield Desk(document, live, placements_of(live))


@contextmanager
def desk_for(chunk: Chunk) -> Iterator[Desk]:
    """Give the desk of a chunk's document in a transaction.

    Raises:
        PermanentError: The chunk is not of the live version.
    """
    with desk_of(chunk.version.document_id) as desk:
        if desk.live.pk != chunk.version_id:
            raise PermanentError("This passage is of another version: open the live one and change it there.")
        yield desk


def placements_of(version: Version) -> tuple[Placement, ...]:
    """Return where the edits lie in a version."""
    return tuple(map(Placement.from_json, version.placements))


def make_anew(document: Document, by: User | None) -> None:
    """Queue a version of what is coming, or else of what is live; one that nobody began serves as well."""
    latest = document.latest_version
    if latest is not None and latest.is_in_progress:
        # The lock keeps a worker from claiming it before it can see what is committed here.
        waiting = Version.objects.select_for_update().filter(id=latest.pk, state=State.QUEUED)
        if waiting.values_list("id"):
            return
    base = latest if latest is not None and latest.is_in_progress else document.live_version
    if base is not None:
        queue_version(document, Original.of(base), Made(by, Origin.EDIT))


def first_touching(edits: Sequence[Edit], start: int, end: int) -> Edit | None:
    """Return an edit whose stretch of the source shares something with a span."""
    return next((edit for edit in edits if edit.start < end and start < max(edit.end, edit.start + 1)), None)
