"""Charts: from a chart in a Word or PowerPoint file to the table of numbers it was drawn from."""

from collections.abc import Iterator

from lxml import etree

from knowledge.parsing.base import DocumentBuilder
from knowledge.parsing.ooxml import NAMESPACES, find, tag

MAX_POINTS = 2_000


def append_chart(builder: DocumentBuilder, chart: etree._Element) -> None:
    """Append the title of a chart and the numbers that are kept with it."""
    title = find(chart, "c:chart/c:title")
    if title is not None:
        builder.paragraph("".join(text.text or "" for text in title.iter(tag("a:t"))))
    series = list(chart.iter(tag("c:ser")))
    names = ["".join(_points(one, "c:tx").values()) for one in series]
    labels: dict[int, str] = {}
    for one in series:
        labels = labels or _points(one, "c:cat") or _points(one, "c:xVal")
    values = [_points(one, "c:val") or _points(one, "c:yVal") for one in series]
    places = sorted({place for column in (labels, *values) for place in column})[:MAX_POINTS]
    rows = [[labels.get(place, ""), *(column.get(place, "") for column in values)] for place in places]
    builder.table([["", *names], *rows] if rows else [])


def _points(series: etree._Element, path: str) -> dict[int, str]:
    found = find(series, path)
    return dict(_numbered(found)) if found is not None else {}


def _numbered(element: etree._Element) -> Iterator[tuple[int, str]]:
    for point in element.iter(tag("c:pt")):
        index = point.get("idx") or "0"
        yield int(index) if index.isdecimal() else 0, _written(point.findtext("c:v", "", NAMESPACES))


def _written(number: str) -> str:
    """Return "0.3" for 0.29999999999999999, which is how the file keeps it."""
    try:
        return f"{float(number):.10g}" if "." in number else number
    except ValueError:
        return number
