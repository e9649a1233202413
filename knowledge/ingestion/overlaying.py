"""Overlaying: staff's edits meet a newly read source, between reading and splitting.

A document without edits costs one query here. What became of each edit is written just before
the swap, so that an ingestion that fails leaves the edits as they were.
"""

from django.db.models import QuerySet

from knowledge.acts import record
from knowledge.anchors import Anchor, path_at
from knowledge.ingestion.claims import Claim
from knowledge.ingestion.versions import locked
from knowledge.models import Document, Edit, EditState, Version
from knowledge.overlays import Conflict, Overlaid, Overlay, apply
from knowledge.parsing.base import ParsedDocument
from knowledge.placements import OverlayKind
from knowledge.sentences import Span


def overlay(version: Version, parsed: ParsedDocument) -> Overlaid:
    """Lay the edits of a version's document over its source; one in conflict may fit again."""
    return apply(parsed, map(_overlay, _wanted(version)))


def settle(claim: Claim, version: Version, source: ParsedDocument, overlaid: Overlaid) -> None:
    """Write where each edit was laid, and which ones staff have to decide.

    An edit that staff undid or decided meanwhile is left alone; so are all of them when a
    newer version went live, whose source they know already.
    """
    if not overlaid.anchors and not overlaid.conflicts:
        return
    with locked(version.document_id) as (_, document), claim.fenced():
        live = document.live_version
        if live is not None and live.number > version.number:
            return
        edits = {edit.pk: edit for edit in _wanted(version)}
        for number, span in overlaid.anchors:
            if number in edits:
                _anchor(edits[number], version, source, span)
        for conflict in overlaid.conflicts:
            if conflict.edit in edits:
                _conflict(document, edits[conflict.edit], conflict)


def _wanted(version: Version) -> QuerySet[Edit]:
    return Edit.objects.filter(
        document=version.document_id, state__in=[EditState.ACTIVE, EditState.CONFLICT]
    ).order_by("id")


def _overlay(edit: Edit) -> Overlay:
    anchor = Anchor(edit.start, edit.source_text, tuple(edit.heading_path))
    return Overlay(edit.pk, OverlayKind(edit.kind), anchor, edit.text, edit.at)


def _anchor(edit: Edit, version: Version, source: ParsedDocument, span: Span) -> None:
    """Let an edit know its stretch as it stands in this source; one decided meanwhile knows another."""
    stands = source.text[slice(*span)]
    is_as_it_was = edit.state == EditState.ACTIVE and (edit.start, edit.source_text) == (span[0], stands)
    if is_as_it_was or edit.source_text.split() != stands.split():
        return
    edit.start, edit.end, edit.source_text = *span, stands
    edit.heading_path = list(path_at(source.blocks, span[0]))
    edit.state, edit.found_text, edit.found_start = EditState.ACTIVE, "", None
    edit.base_version = version
    edit.save()


def _conflict(document: Document, edit: Edit, conflict: Conflict) -> None:
    known = (EditState.CONFLICT, conflict.found_text, conflict.found_start)
    is_decided = edit.source_text != conflict.wanted  # meanwhile, by staff: it has another stretch now
    if is_decided or (edit.state, edit.found_text, edit.found_start) == known:
        return
    is_news = edit.state != EditState.CONFLICT
    edit.state, edit.found_text, edit.found_start = known
    edit.save()
    if is_news:
        record("edit in conflict", document, None, edit=edit.pk, kind=edit.kind)
