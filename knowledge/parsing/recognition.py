"""Text recognition: from the picture of a page to its lines, with the extra ``ocr`` only.

The engine and its models weigh more than all our parsers; they are loaded in the sandboxed
child that meets a scan, never in the host. Nothing is fetched: the models are in the wheel.
"""

import time
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.parsing.base import ParsingError
from knowledge.parsing.pdf.lines import Line, Word

MAX_PIXELS = 40_000_000
# The longer side of what the engine sees; finer prints gain nothing on office scans.
MAX_SIDE = 2_000
MAX_DETECTED_SIDE = 1_280
MIN_SCORE = 0.5
# Of the processor time a file may take; what is left is for the rest of the file.
MAX_SECONDS = 45.0
SAME_LINE = 0.5


class Box(NamedTuple):
    """A recognised stretch of text and its place, in pixels from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    score: float


def lines_of_picture(path: Path, number: int) -> list[Line]:
    """Return the lines on the picture at ``path`` as those of page ``number``."""
    pillow = import_module("PIL.Image")
    try:
        with pillow.open(path) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise ParsingError(
                    f"This picture has {width * height // 1_000_000:,} megapixels; "
                    f"we take up to {MAX_PIXELS // 1_000_000}. Make it smaller and upload it again."
                )
            picture.thumbnail((MAX_SIDE, MAX_SIDE))
            return lines_on(import_module("numpy").asarray(picture.convert("RGB")), number)
    except (OSError, SyntaxError, ValueError) as error:
        raise ParsingError(
            "This picture is damaged or of a kind we cannot read. Save it as PNG and upload it again."
        ) from error


def lines_on(pixels: Any, number: int) -> list[Line]:
    """Return the lines on an array of shape (height, width, 3), whichever way up it is."""
    if time.process_time() > MAX_SECONDS:
        raise ParsingError(
            "This file has more scanned pages than we can recognise in the time for one file "
            f"(we reached page {number}). Split it and upload the parts."
        )
    boxes = _recognised(pixels)
    if boxes and sum(_is_upright(box) for box in boxes) * 2 < len(boxes):
        # On its side, but on which? The engine itself tells upright from upside down, not always well.
        turned = [_recognised(import_module("numpy").rot90(pixels, quarters).copy()) for quarters in (1, 3)]
        boxes = max(turned, key=lambda boxes: sum(box.score * len(box.text) for box in boxes))
    return [_line(box, number) for box in _ordered(boxes)]


def _is_upright(box: Box) -> bool:
    return box.right - box.left >= box.bottom - box.top or len(box.text) < 3


@cache
def _engine() -> Any:
    engine = import_module("rapidocr").RapidOCR
    return engine(
        params={
            "Global.log_level": "error",
            # One line at a time and a page of this size: 300 MB less at the peak, and as fast.
            "Global.max_side_len": MAX_SIDE,
            "Det.limit_type": "max",
            "Det.limit_side_len": MAX_DETECTED_SIDE,
            "Rec.rec_batch_num": 1,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
        }
    )


def _recognised(pixels: Any) -> list[Box]:
    found = _engine()(pixels)
    boxes = []
    parts = (_listed(part) for part in (found.boxes, found.txts, found.scores))
    for corners, text, score in zip(*parts, strict=True):
        if score >= MIN_SCORE and text.strip():
            across, down = ([float(corner[axis]) for corner in corners] for axis in (0, 1))
            boxes.append(Box(text, min(across), min(down), max(across), max(down), float(score)))
    return boxes


def _listed(part: Any) -> list[Any]:
    return [] if part is None else list(part)


def _ordered(boxes: list[Box]) -> list[Box]:
    """Return the boxes as they are read: cut at the widest free gutter, else from top to bottom."""
    gutter = _gutter(boxes)
    if gutter is None:
        return sorted(boxes, key=lambda box: (round(box.top / max(box.bottom - box.top, 1)), box.left))
    left, right = [box for box in boxes if box.right <= gutter], [box for box in boxes if box.left >= gutter]
    return [*_ordered(left), *_ordered(right)]


def _gutter(boxes: list[Box]) -> float | None:
    """Return where a page of two columns parts, None if it does not."""
    if len(boxes) < 12:
        return None
    reached = 0.0
    best: tuple[float, float] | None = None
    for box in sorted(boxes, key=lambda box: box.left):
        gap = box.left - reached
        if reached and gap > 0 and (best is None or gap > best[0]):
            best = (gap, reached + gap / 2)
        reached = max(reached, box.right)
    sides = sum(box.right <= best[1] for box in boxes) if best else 0
    return best[1] if best and min(sides, len(boxes) - sides) * 4 >= len(boxes) else None


def _line(box: Box, number: int) -> Line:
    """Return a box as a line; its words share its width by their lengths."""
    step = (box.right - box.left) / max(len(box.text), 1)
    words: list[Word] = []
    at = 0
    for text in box.text.split():
        at = box.text.index(text, at)
        left = box.left + at * step
        at += len(text)
        words.append(Word(text, left, left + len(text) * step, -box.bottom, box.bottom - box.top, False))
    return Line(number, tuple(words))
