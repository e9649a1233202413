"""Edits: staff reword, add, split, merge and disable passages, and take it back.

Each is a row, an act, and a new version of the same original: customers read the edited text
as soon as that is live. Only chunks whose words changed are embedded again.
"""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.db.models.functions import Now

from knowledge.acts import record
from knowledge.chunking import MAX_JOINED_WEIGHT
from knowledge.curation.desk import Desk, Draft, desk_for, first_touching, make_anew, placements_of
from knowledge.errors import PermanentError
from knowledge.ingestion.versions import locked
from knowledge.models import Chunk, Document, Edit, EditState, Version
from knowledge.parsing.base import BlockKind, clean
from knowledge.pieces import weigh
from knowledge.placements import TEXTUAL, OverlayKind, Placement, backward, forward, source_of
from knowledge.rewording import reworded

BOUNDS = frozenset({OverlayKind.SPLIT, OverlayKind.MERGE, OverlayKind.DISABLE})
_ADD_TAIL = 200  # characters before an added text by which its place is found again
_ON_ITS_WAY = "Another edit of this passage is on its way: wait until it is live, then look again."
_UNSPACED = "\u2e80"  # from here on scripts have no spaces between words


@dataclass(frozen=True, slots=True)
class EditView:
    """An edit for a page, and its stretch of the live text; None where it is not laid there."""

    edit: Edit
    start: int | None
    end: int | None


def replace_text(chunk: Chunk, text: str, by: User | None = None) -> Edit:
    """Let a chunk read ``text``; an empty one takes the chunk's words away.

    Raises:
        PermanentError: Nothing was changed, or somebody else's edit is in between.
    """
    with desk_for(chunk) as desk:
        header, old = _header_and_stretch(desk, chunk)
        new = text.replace("\r\n", "\n").strip()
        if header and not new.startswith(header.strip()):
            raise PermanentError(
                "The first line is the table's header, repeated here: leave it as it is, or change it "
                "in the passage where the table begins."
            )
        changed = reworded(old, new[len(header.strip()) :].strip() if header else new, chunk.language)
        if changed is None:
            raise PermanentError("Nothing was changed in this passage.")
        (first, last), words = changed
        return desk.make(_rewording(desk, chunk.start + first, chunk.start + last, words), by)


def add_text(chunk: Chunk, text: str, by: User | None = None) -> Edit:
    """Add a chunk of its own behind the paragraph in which ``chunk`` ends.

    Raises:
        PermanentError: The text is empty, or the chunk was itself added.
    """
    if not clean(text):
        raise PermanentError("Write what should be added.")
    with desk_for(chunk) as desk:
        start, end = desk.source_span(chunk.start, chunk.end)
        if start == end:
            raise PermanentError("This passage was added by staff: change it, or add behind another passage.")
        if end - start > _ADD_TAIL:
            start = desk.source.find(" ", end - _ADD_TAIL, end) + 1 or end - _ADD_TAIL
        return desk.make(Draft(OverlayKind.ADD, (start, end), text.strip()), by)


def split_at(chunk: Chunk, offset: int, by: User | None = None) -> Edit:
    """Make two chunks of one; ``offset`` is in its text, and moves to where a word (or a row) begins.

    Raises:
        PermanentError: Nothing is left on one side, or staff made this passage.
    """
    with desk_for(chunk) as desk:
        header, _ = _header_and_stretch(desk, chunk)
        first = desk.own_start(chunk)
        place = _beginning(desk.text, first, chunk.start + offset - len(header), chunk)
        if not first < place < chunk.end:
            raise PermanentError("Choose a place within the passage, so that words are left on both sides.")
        if any(row.new_start < place < row.new_end for row in desk.textual):
            raise PermanentError("Staff wrote this text: change it there instead of splitting it.")
        merges = [row for row in desk.placements if row.kind is OverlayKind.MERGE]
        if any(row.new_start < place < row.new_end for row in merges):
            raise PermanentError("Staff merged these passages: undo that instead.")
        start, end = desk.source_span(first, chunk.end)
        _refuse_pending(desk, start, end, BOUNDS)
        return desk.make(
            Draft(OverlayKind.SPLIT, (start, end), at=backward(desk.placements, place) - start), by
        )


def merge_with_next(chunk: Chunk, by: User | None = None) -> Edit:
    """Make one chunk of a chunk and the one behind it.

    Raises:
        PermanentError: There is none behind it, or both do not fit into one.
    """
    with desk_for(chunk) as desk:
        following = Chunk.objects.filter(version=desk.live, ordinal=chunk.ordinal + 1).first()
        if following is None:
            raise PermanentError("No passage comes behind this one: merge it with the one before.")
        if chunk.is_disabled or following.is_disabled:
            raise PermanentError("One of the two passages is disabled: enable it first.")
        first = desk.own_start(chunk)
        weight = weigh(desk.text[first : following.end])
        if weight > MAX_JOINED_WEIGHT:
            raise PermanentError(
                f"Together they have about {weight:.0f} words, and a passage holds {MAX_JOINED_WEIGHT}: "
                "split one of them first."
            )
        sides = [desk.source_span(part.start, part.end) for part in (chunk, following)]
        if any(start == end for start, end in sides):
            raise PermanentError("One of the two was added by staff: write both into one edit instead.")
        start, end = desk.source_span(first, following.end)
        _refuse_pending(desk, start, end, BOUNDS)
        replaced = tuple(_bounds_within(desk, first, following.end))
        return desk.make(Draft(OverlayKind.MERGE, (start, end), replaced=replaced), by)


def disable(chunk: Chunk, by: User | None = None) -> Edit:
    """Keep a chunk from ever being found; undoing the edit enables it.

    Raises:
        PermanentError: It is disabled, or it was added by staff.
    """
    with desk_for(chunk) as desk:
        if chunk.is_disabled:
            raise PermanentError("This passage is disabled already.")
        start, end = desk.source_span(desk.own_start(chunk), chunk.end)
        if start == end:
            raise PermanentError("This passage was added by staff: undo that edit instead.")
        _refuse_pending(desk, start, end, BOUNDS)
        return desk.make(Draft(OverlayKind.DISABLE, (start, end)), by)


def undo(edit: Edit, by: User | None = None) -> None:
    """End an edit; those it had replaced are in force again.

    Raises:
        PermanentError: It was undone before.
    """
    with locked(edit.document_id) as (_, document):
        end_edit(edit, by)
        record("edit undone", document, by, edit=edit.pk, kind=edit.kind)
        make_anew(document, by)


def end_edit(edit: Edit, by: User | None) -> int:
    """Mark an edit undone and revive those it replaced; return how many (document row locked)."""
    ended = Edit.objects.filter(id=edit.pk).exclude(state=EditState.UNDONE)
    if not ended.update(state=EditState.UNDONE, decided_by=by, decided_at=Now()):
        raise PermanentError("This edit was undone before.")
    return Edit.objects.filter(replaced_by=edit.pk).update(
        state=EditState.ACTIVE, replaced_by=None, decided_by=None, decided_at=None
    )


def edits_of(document: Document) -> list[EditView]:
    """Return the edits of a document in the order they were made, with their places in the live text."""
    live = Version.objects.filter(document=document, id__in=[document.live_version_id or document.pk])
    found = live.values_list("placements", flat=True).first() or []
    rows = {row.edit: row for row in map(Placement.from_json, found)}
    return [
        EditView(edit, rows[edit.pk].new_start, rows[edit.pk].new_end)
        if edit.pk in rows
        else EditView(edit, None, None)
        for edit in _with_people(document.edits.order_by("made_at", "id"))
    ]


def source_text_of(version: Version) -> str:
    """Return the text of a version as its file says it, without staff's edits."""
    return source_of(version.text, placements_of(version))


def _with_people(edits: QuerySet[Edit]) -> QuerySet[Edit]:
    return edits.select_related("made_by", "decided_by")


def _header_and_stretch(desk: Desk, chunk: Chunk) -> tuple[str, str]:
    """Return the table header a chunk repeats, and its own stretch of the text."""
    stretch = desk.text[chunk.start : chunk.end]
    return chunk.text.removesuffix(stretch), stretch


def _rewording(desk: Desk, start: int, end: int, words: str) -> Draft:
    """Anchor changed sentences in the source, with all of each earlier edit they touch."""
    touched: list[Placement] = []
    for row in desk.textual:
        if _touches(row, start, end):
            touched.append(row)
            words = desk.text[row.new_start : start] + words + desk.text[end : row.new_end]
            start, end = min(start, row.new_start), max(end, row.new_end)
    replaced = tuple(row.edit for row in touched)
    is_whole = len(touched) == 1 and (start, end) == (touched[0].new_start, touched[0].new_end)
    if is_whole and touched[0].kind is OverlayKind.ADD:
        return _added_anew(replaced[0], words)
    span = desk.source_span(start, end)
    _refuse_pending(desk, *span, TEXTUAL)
    return Draft(OverlayKind.REPLACE, span, words.strip(), replaced=replaced)


def _touches(row: Placement, start: int, end: int) -> bool:
    if row.new_start == row.new_end:
        return start < row.new_start < end
    return row.new_start < end and start < row.new_end


def _added_anew(number: int, words: str) -> Draft:
    if not words.strip():
        raise PermanentError("Staff added this passage: undo that edit to take it away.")
    added = Edit.objects.get(id=number)
    return Draft(OverlayKind.ADD, (added.start, added.end), words.strip(), replaced=(number,))


def _refuse_pending(desk: Desk, start: int, end: int, kinds: frozenset[OverlayKind]) -> None:
    if first_touching(desk.pending(kinds), start, end):
        raise PermanentError(_ON_ITS_WAY)


def _bounds_within(desk: Desk, start: int, end: int) -> list[int]:
    """Return the splits and merges that a merge of a span takes the place of."""
    splits = {edit.pk: edit.at for edit in desk.document.edits.filter(kind=OverlayKind.SPLIT)}
    within: list[int] = []
    for row in desk.placements:
        if row.kind is OverlayKind.SPLIT:
            cut = forward(desk.placements, row.start + splits.get(row.edit, 0))
            within += [row.edit] if start < cut < end else []
        elif row.kind is OverlayKind.MERGE and start <= row.new_start and row.new_end <= end:
            within.append(row.edit)
    return within


def _beginning(text: str, first: int, place: int, chunk: Chunk) -> int:
    """Move a place back to the beginning of its row or word."""
    place = max(place, first)
    if place >= chunk.end:
        return chunk.end
    if chunk.kind == BlockKind.TABLE:
        return text.rfind("\n", first, place) + 1 or first
    while first < place < chunk.end and text[place].isspace():
        place += 1
    while place > first and not text[place - 1].isspace() and text[place - 1] < _UNSPACED:
        place -= 1
    return place
