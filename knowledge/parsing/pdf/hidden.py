"""Hidden text of a PDF page: what is drawn so that no reader sees it.

Invisible ink, white on white, smaller than two points, or beside the page. Invisible ink over
a picture of the page is the text layer of a scan, which is there to be read.
"""

import ctypes
from functools import cached_property

import pypdfium2 as pdfium
from pypdfium2 import raw

MIN_SIZE = 2.0
WHITE = 250
TRANSPARENT = 12
# How much of a page the pictures of a scan cover.
SCAN_SHARE = 0.4
MAX_OBJECTS = 5_000
_BACKGROUNDS = (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING, raw.FPDF_PAGEOBJ_FORM)
Bounds = tuple[float, float, float, float]


class Sight:
    """Tells what of a page can be seen."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        """Look at ``page``; what lies behind its text is looked for only if it matters."""
        self._page = page
        self._left, self._bottom, self._right, self._top = page.get_bbox()

    def hides(self, text_page: pdfium.PdfTextPage, index: int, box: raw.FS_RECTF) -> bool:
        """Whether the character at ``index``, which takes ``box``, cannot be seen."""
        return bool(
            self._is_outside(box)
            or _is_tiny(box)
            or (_is_invisible(text_page, index) and not self.is_scan)
            or (_is_white(text_page, index) and not self._has_background(box))
        )

    def _is_outside(self, box: raw.FS_RECTF) -> bool:
        beside = bool(box.right < self._left or box.left > self._right)
        return beside or bool(box.top < self._bottom or box.bottom > self._top)

    @cached_property
    def picture_share(self) -> float:
        """How much of the page pictures cover."""
        whole = max((self._right - self._left) * (self._top - self._bottom), 1.0)
        objects = self._page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3)
        covered = sum((right - left) * (top - bottom) for left, bottom, right, top in map(_bounds, objects))
        return float(covered / whole)

    @property
    def is_scan(self) -> bool:
        """Whether pictures cover much of the page."""
        return self.picture_share >= SCAN_SHARE

    @cached_property
    def _backgrounds(self) -> list[Bounds]:
        """The places of what has a colour; within a form, the form's."""
        places = []
        for count, item in enumerate(self._page.get_objects(max_depth=1)):
            if count > MAX_OBJECTS:
                break
            if item.type in _BACKGROUNDS or (item.type == raw.FPDF_PAGEOBJ_PATH and _is_coloured(item)):
                places.append(_bounds(item))
        return places

    def _has_background(self, box: raw.FS_RECTF) -> bool:
        across, up = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        return any(
            left <= across <= right and bottom <= up <= top for left, bottom, right, top in self._backgrounds
        )


def _is_tiny(box: raw.FS_RECTF) -> bool:
    # Broken fonts give no size at all, which says nothing of what is seen.
    return bool(0.01 < max(box.top - box.bottom, box.right - box.left) < MIN_SIZE)


def _bounds(item: pdfium.PdfObject) -> Bounds:
    try:
        left, bottom, right, top = item.get_bounds()
    except pdfium.PdfiumError:
        return (0.0, 0.0, 0.0, 0.0)
    return (left, bottom, right, top)


def _is_invisible(text_page: pdfium.PdfTextPage, index: int) -> bool:
    written = raw.FPDFText_GetTextObject(text_page, index)
    if not written:
        return False
    return bool(raw.FPDFTextObj_GetTextRenderMode(written) == raw.FPDF_TEXTRENDERMODE_INVISIBLE)


def _is_white(text_page: pdfium.PdfTextPage, index: int) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFText_GetFillColor(text_page, index, red, green, blue, alpha):
        return False
    return alpha.value < TRANSPARENT or min(red.value, green.value, blue.value) >= WHITE


def _is_coloured(path: pdfium.PdfObject) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    raw.FPDFPath_GetDrawMode(path, mode, stroke)
    if not mode.value:
        return False
    if not raw.FPDFPageObj_GetFillColor(path, red, green, blue, alpha):  # a pattern or a gradient
        return True
    return alpha.value >= TRANSPARENT and min(red.value, green.value, blue.value) < WHITE
