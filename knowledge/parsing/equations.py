"""Equations: from Office's mathematical markup to one line that people can read.

"(-b±√(b^2-4ac))/(2a)": fractions, powers and roots as they are typed, no TeX.
"""

from collections.abc import Callable, Iterable

from lxml import etree

from knowledge.parsing.ooxml import find, tag, value

_SILENT = frozenset(tag(f"m:{name}") for name in ("rPr", "ctrlPr", "fPr", "radPr", "naryPr", "dPr", "sSupPr"))
_TEXT = tag("m:t")
MAX_DEPTH = 40


def linear(element: etree._Element | None, depth: int = 0) -> str:
    """Return the formula below ``element`` on one line."""
    if element is None or element.tag in _SILENT or depth > MAX_DEPTH:
        return ""
    if element.tag == _TEXT:
        return element.text or ""

    writer = _WRITERS.get(str(element.tag))
    if writer is not None:
        return writer(element, depth)
    return _joined((str(child.tag) in _WRITERS, linear(child, depth + 1)) for child in element)


def _joined(parts: Iterable[tuple[bool, str]]) -> str:
    """Join parts; after one that is built up stands a space: "x^k a" is not "x^ka"."""
    text = ""
    was_built = False
    for is_built, part in parts:
        is_glued = was_built and text[-1:].isalnum() and part[:1].isalnum()
        text = f"{text} {part}" if is_glued else text + part
        was_built = is_built if part else was_built
    return text


def _part(element: etree._Element, name: str, depth: int) -> str:
    return linear(find(element, f"m:{name}"), depth + 1)


def _fraction(element: etree._Element, depth: int) -> str:
    above, below = (_grouped(_part(element, name, depth)) for name in ("num", "den"))
    return f"{above}/{below}"


def _root(element: etree._Element, depth: int) -> str:
    return f"{_part(element, 'deg', depth)}√{_grouped(_part(element, 'e', depth))}"


def _sum(element: etree._Element, depth: int) -> str:
    sign = value(element, "m:naryPr/m:chr") or "∫"
    bounds = _raised(_part(element, "sub", depth), _part(element, "sup", depth))
    return f"{sign}{bounds} {_part(element, 'e', depth)}"


def _script(element: etree._Element, depth: int) -> str:
    below, above = _part(element, "sub", depth), _part(element, "sup", depth)
    return _part(element, "e", depth) + _raised(below, above)


def _limit(element: etree._Element, depth: int) -> str:
    return _part(element, "e", depth) + _raised(_part(element, "lim", depth), "")


def _function(element: etree._Element, depth: int) -> str:
    parts = (_part(element, name, depth) for name in ("fName", "e"))
    return " ".join(part for part in parts if part)


def _fence(element: etree._Element, depth: int) -> str:
    begin = value(element, "m:dPr/m:begChr") or "("
    inside = ", ".join(linear(child, depth + 1) for child in element.findall(tag("m:e")))
    return f"{begin}{inside}{value(element, 'm:dPr/m:endChr') or ')'}"


_WRITERS: dict[str, Callable[[etree._Element, int], str]] = {
    tag("m:f"): _fraction,
    tag("m:rad"): _root,
    tag("m:nary"): _sum,
    tag("m:d"): _fence,
    tag("m:func"): _function,
    tag("m:limLow"): _limit,
    **dict.fromkeys((tag("m:sSup"), tag("m:sSub"), tag("m:sSubSup")), _script),
}


def _grouped(text: str) -> str:
    return text if len(text) <= 1 or text.isalnum() else f"({text})"


def _raised(below: str, above: str) -> str:
    return (f"_{_grouped(below)}" if below else "") + (f"^{_grouped(above)}" if above else "")
