"""Conflicts: edits whose source changed under them, and what staff decide about each.

Until they do, the source stands. Nothing of an edit is lost meanwhile: both texts are shown.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher

from django.contrib.auth.models import User
from django.db.models.functions import Now

from knowledge.acts import record
from knowledge.curation.desk import Desk, desk_of, make_anew
from knowledge.curation.edits import end_edit
from knowledge.diffing import Segments, words
from knowledge.errors import PermanentError
from knowledge.ingestion.versions import locked
from knowledge.models import Edit, EditKind, EditState


@dataclass(frozen=True, slots=True)
class Preview:
    """A conflict for a page: what the source said and says now, and how staff's text differs from it.

    ``was`` and ``now`` are marked where the source changed; ``theirs`` and ``mine`` where staff's
    text differs from what stands there now. ``can_keep`` is false when nothing like it stands there.
    """

    edit: Edit
    was: Segments
    now: Segments
    theirs: Segments
    mine: Segments
    can_keep: bool


def conflicts(limit: int = 100) -> list[Edit]:
    """Return the edits that wait for a decision, oldest first."""
    edits = Edit.objects.filter(state=EditState.CONFLICT).select_related("document", "made_by")
    return list(edits.order_by("id")[:limit])


def preview(edit: Edit) -> Preview:
    """Return both texts of a conflict, their differences marked."""
    was, now = words(edit.source_text, edit.found_text)
    is_text = edit.kind == EditKind.REPLACE
    theirs, mine = words(edit.found_text, edit.text) if is_text else words(edit.found_text, edit.found_text)
    return Preview(edit, was, now, theirs, mine, edit.found_start is not None)


def keep_mine(edit: Edit, by: User | None = None, text: str | None = None) -> None:
    """Lay an edit on what stands there now, reworded if ``text`` is given.

    Raises:
        PermanentError: It is in no conflict, nothing like it stands there, or another edit does.
    """
    with desk_of(edit.document_id) as desk:
        edit = _in_conflict(edit)
        if edit.found_start is None:
            raise PermanentError(
                "Nothing like it stands in the source any more: take the source's, "
                "then add your text to a passage."
            )
        end = edit.found_start + len(edit.found_text)
        _refuse_others(desk, edit, edit.found_start, end)
        edit.at = _carried(edit.at, edit.source_text, edit.found_text)
        edit.start, edit.end, edit.source_text = edit.found_start, end, edit.found_text
        edit.heading_path = desk.path_at(edit.start)
        edit.text = edit.text if text is None else text.strip()
        edit.state, edit.found_text, edit.found_start = EditState.ACTIVE, "", None
        edit.base_version, edit.decided_by = desk.live, by
        edit.save()
        Edit.objects.filter(id=edit.pk).update(decided_at=Now())
        record("edit kept", desk.document, by, edit=edit.pk, kind=edit.kind)
        make_anew(desk.document, by)


def take_source(edit: Edit, by: User | None = None) -> None:
    """End an edit in conflict: what the source says stands already.

    Raises:
        PermanentError: It is in no conflict.
    """
    with locked(edit.document_id) as (_, document):
        edit = _in_conflict(edit)
        revived = end_edit(edit, by)
        record("source taken", document, by, edit=edit.pk, kind=edit.kind)
        if revived:
            make_anew(document, by)


def _in_conflict(edit: Edit) -> Edit:
    """Return the edit as it is now (document row locked)."""
    kept = Edit.objects.filter(id=edit.pk, state=EditState.CONFLICT).first()
    if kept is None:
        raise PermanentError("This edit is in no conflict any more: look at the document again.")
    return kept


def _refuse_others(desk: Desk, edit: Edit, start: int, end: int) -> None:
    if edit.kind not in (EditKind.REPLACE, EditKind.ADD):
        return
    if any(row.start < end and start < row.end for row in desk.textual if row.edit != edit.pk):
        raise PermanentError("Another edit stands in this place: undo that one first, or take the source's.")


def _carried(place: int, before: str, after: str) -> int:
    """Return where a place of a text is in its changed form."""
    for first, start, size in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        if place <= first + size:
            return start + max(place - first, 0)
    return len(after)
