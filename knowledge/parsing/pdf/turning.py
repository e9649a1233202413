"""Turned pages: from places as a PDF keeps them to places as the page is shown."""

import pypdfium2 as pdfium

Box = tuple[float, float, float, float]


class Turn:
    """How a page is turned for its reader: by quarters, clockwise."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        """Note the turn and the size of ``page``."""
        self._quarters = page.get_rotation() // 90 % 4
        self._left, self._bottom, self._right, self._top = page.get_bbox()

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point is shown."""
        match self._quarters:
            case 1:
                return y - self._bottom, self._right - x
            case 2:
                return self._right - x, self._top - y
            case 3:
                return self._top - y, x - self._left
            case _:
                return x, y

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Return where a box is shown: its left, lower, right and upper edge."""
        (x, y), (across, up) = self.point(left, bottom), self.point(right, top)
        return min(x, across), min(y, up), max(x, across), max(y, up)
