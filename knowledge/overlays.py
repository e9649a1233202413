"""Overlays: staff's edits laid over the text a parser gives, each at the stretch it was made for.

Pure. Edits of the text are splices of one string, so that every place of the edited text has
its place in the source and back; blocks are cut anew only where a splice touches them. An edit
whose stretch is gone is a conflict, and the source stands until staff decide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from knowledge.anchors import Anchor, find, nearest
from knowledge.parsing.base import ParsedDocument
from knowledge.placements import TEXTUAL, OverlayKind, Placement, forward
from knowledge.sentences import Span
from knowledge.splicing import Splice, rebuilt, tidied


@dataclass(frozen=True, slots=True)
class Overlay:
    """An edit: its kind, the stretch it was made on, its text, and for a split the place in the stretch."""

    id: int
    kind: OverlayKind
    anchor: Anchor
    text: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """An overlay that could not be laid, and what stands there now (nothing, when all of it went)."""

    edit: int
    wanted: str
    found_text: str = ""
    found_start: int | None = None


@dataclass(frozen=True, slots=True)
class Overlaid:
    """A document with its edits: the edited text, and what chunking and storing must heed."""

    parsed: ParsedDocument
    cuts: tuple[int, ...] = ()
    joins: tuple[Span, ...] = ()
    disabled: tuple[Span, ...] = ()
    placements: tuple[Placement, ...] = ()
    anchors: tuple[tuple[int, Span], ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    def disables(self, start: int, end: int) -> bool:
        """Say whether most of a stretch of the edited text is disabled."""
        covered = sum(max(min(end, last) - max(start, first), 0) for first, last in self.disabled)
        return 2 * covered > end - start


def apply(parsed: ParsedDocument, overlays: Iterable[Overlay]) -> Overlaid:
    """Lay ``overlays`` over ``parsed``; the same overlays give the same document in whatever order."""
    ordered = sorted(overlays, key=lambda overlay: overlay.id)
    if not ordered:
        return Overlaid(parsed)
    spans: dict[int, Span] = {}
    splices: list[Splice] = []
    conflicts: list[Conflict] = []
    for overlay in ordered:
        span = find(parsed, overlay.anchor)
        splice = _splice(parsed, overlay, span) if span and overlay.kind in TEXTUAL else None
        if span is None:
            conflicts.append(_conflict(parsed, overlay, nearest(parsed, overlay.anchor)))
        elif splice and any(_overlap(splice, other) for other in splices):
            # Two stretches that were apart once stand in one place now.
            conflicts.append(_conflict(parsed, overlay, span))
        else:
            spans[overlay.id] = span
            splices += [splice] if splice else []
    placements, edited = _laid(parsed, splices, {overlay.id: overlay for overlay in ordered})
    placed = [(overlay, spans[overlay.id]) for overlay in ordered if overlay.id in spans]
    return _marked(
        Overlaid(
            edited, placements=placements, anchors=tuple(sorted(spans.items())), conflicts=tuple(conflicts)
        ),
        [(overlay, span) for overlay, span in placed if overlay.kind not in TEXTUAL],
    )


def _splice(parsed: ParsedDocument, overlay: Overlay, span: Span) -> Splice:
    start, end = span
    if overlay.kind is OverlayKind.ADD:
        home = next(block for block in parsed.blocks if block.end >= end)
        start = end = home.end
    return Splice(overlay.id, start, end, overlay.text)


def _conflict(parsed: ParsedDocument, overlay: Overlay, span: Span | None) -> Conflict:
    if span is None:
        return Conflict(overlay.id, overlay.anchor.text)
    return Conflict(overlay.id, overlay.anchor.text, parsed.text[slice(*span)], span[0])


def _overlap(first: Splice, second: Splice) -> bool:
    """Say whether two splices share a character, or one is a point within the other."""
    return first.start < second.end and second.start < first.end


def _laid(
    parsed: ParsedDocument, splices: list[Splice], overlays: dict[int, Overlay]
) -> tuple[tuple[Placement, ...], ParsedDocument]:
    """Return the edited document and where each splice came to lie."""
    pieces: list[str] = []
    placements: list[Placement] = []
    done = length = 0
    places = {splice.start for splice in splices if splice.start == splice.end}
    tidy = [tidied(parsed, splice, takes_gap=splice.end not in places) for splice in splices]
    for splice in sorted(tidy, key=lambda splice: (splice.start, splice.end, splice.id)):
        start = max(splice.start, done)  # neighbours that both take the white space between them
        end = max(splice.end, start)
        pieces += [parsed.text[done:start], splice.text]
        new_start = length + start - done
        length = new_start + len(splice.text)
        done = end
        kind = overlays[splice.id].kind
        placements.append(Placement(splice.id, kind, start, end, new_start, length, parsed.text[start:end]))
    if not placements:
        return (), parsed
    text = "".join((*pieces, parsed.text[done:]))
    rows = tuple(placements)
    blocks = rebuilt(parsed.blocks, text, rows)
    return rows, replace(parsed, text=text, blocks=blocks)


def _marked(overlaid: Overlaid, marks: Sequence[tuple[Overlay, Span]]) -> Overlaid:
    """Add the cuts, joins and disabled spans of ``marks``, whose spans are of the source."""
    textual = overlaid.placements
    cuts = {place for row in textual if row.kind is OverlayKind.ADD for place in (row.new_start, row.new_end)}
    joins: list[Span] = []
    disabled: list[Span] = []
    rows: list[Placement] = []
    for overlay, (start, end) in marks:
        new = (forward(textual, start), forward(textual, end, is_end=True))
        cuts.update(new)
        if overlay.kind is OverlayKind.SPLIT:
            cuts.add(forward(textual, start + overlay.at))
        elif overlay.kind is OverlayKind.MERGE:
            joins.append(new)
        else:
            disabled.append(new)
        rows.append(Placement(overlay.id, overlay.kind, start, end, *new))
    return replace(
        overlaid,
        cuts=tuple(sorted(cuts)),
        joins=tuple(sorted(joins)),
        disabled=tuple(sorted(disabled)),
        placements=(*textual, *rows),
    )
