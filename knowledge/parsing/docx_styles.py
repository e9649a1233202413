"""Styles and lists of a Word file: what a paragraph inherits, and the number that it shows."""

import re
from collections import defaultdict
from dataclasses import dataclass

from lxml import etree

from knowledge.parsing.numerals import formatted
from knowledge.parsing.ooxml import find, tag, value

BODY_LEVEL = 9
MAX_DEPTH = 8
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_PLACE = re.compile(r"%(\d)")


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: its name, heading level (0 for none), and list."""

    name: str = ""
    level: int = 0
    list_id: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a list: how it counts, from where, and how the number is written."""

    number_format: str
    start: int
    text: str


def number(element: etree._Element | None, path: str = "", default: int = 0) -> int:
    """Return the number kept at ``path``."""
    found = value(element, path)
    return int(found) if found.isdecimal() else default


def styles(root: etree._Element | None) -> dict[str, Style]:
    """Return the styles by their id; what one does not say, it takes from the style it builds on."""
    elements = {
        value(style, name="styleId"): style
        for style in (root.iter(tag("w:style")) if root is not None else ())
    }
    return {style_id: _resolved(style_id, elements) for style_id in elements}


def _resolved(style_id: str, elements: dict[str, etree._Element]) -> Style:
    name = value(elements[style_id], "w:name")
    level = BODY_LEVEL
    list_id = depth = ""
    seen: set[str] = set()
    current = style_id
    while current in elements and current not in seen:
        seen.add(current)
        element = elements[current]
        if level == BODY_LEVEL:
            level = _level(element)
        list_id = list_id or value(element, "w:pPr/w:numPr/w:numId")
        depth = depth or value(element, "w:pPr/w:numPr/w:ilvl")
        current = value(element, "w:basedOn")
    return Style(
        name, 0 if level >= BODY_LEVEL else level + 1, list_id, int(depth) if depth.isdecimal() else 0
    )


def _level(style: etree._Element) -> int:
    named = _HEADING.match(value(style, "w:name"))
    return int(named.group(1)) - 1 if named else number(style, "w:pPr/w:outlineLvl", BODY_LEVEL)


class Numbering:
    """Counts the paragraphs of all lists as Word does: lists built on one pattern go on counting."""

    def __init__(self, root: etree._Element | None) -> None:
        """Read the patterns, and which list uses which."""
        self._levels: dict[tuple[str, int], _Level] = {}
        self._patterns: dict[str, str] = {}
        self._restarts: dict[tuple[str, int], int] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[str] = set()
        for element in root if root is not None else ():
            if element.tag == tag("w:abstractNum"):
                self._read_pattern(element)
            elif element.tag == tag("w:num"):
                self._read_list(element)

    def label(self, list_id: str, depth: int) -> str:
        """Count one paragraph and return its number, "-" for a bullet, "" for none."""
        pattern = self._patterns.get(list_id, list_id)
        depth = min(depth, MAX_DEPTH)
        counts = self._counts[pattern]
        self._begin(list_id, counts)
        level = self._levels.get((pattern, depth), _Level("bullet", 1, ""))
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [place for place in counts if place > depth]:
            del counts[deeper]
        if level.number_format == "bullet":
            return "-"
        return _PLACE.sub(lambda found: self._written(pattern, int(found.group(1)) - 1), level.text).strip()

    def _begin(self, list_id: str, counts: dict[int, int]) -> None:
        if list_id in self._begun:
            return
        self._begun.add(list_id)
        for depth in range(MAX_DEPTH + 1):
            if (list_id, depth) in self._restarts:
                counts[depth] = self._restarts[list_id, depth] - 1

    def _written(self, pattern: str, depth: int) -> str:
        level = self._levels.get((pattern, depth), _Level("decimal", 1, ""))
        return formatted(self._counts[pattern].get(depth, level.start), level.number_format)

    def _read_pattern(self, element: etree._Element) -> None:
        pattern = value(element, name="abstractNumId")
        for level in element.iter(tag("w:lvl")):
            depth = value(level, name="ilvl")
            self._levels[pattern, int(depth) if depth.isdecimal() else 0] = _Level(
                value(level, "w:numFmt") or "bullet", number(level, "w:start", 1), value(level, "w:lvlText")
            )

    def _read_list(self, element: etree._Element) -> None:
        list_id = value(element, name="numId")
        self._patterns[list_id] = value(element, "w:abstractNumId")
        for override in element.iter(tag("w:lvlOverride")):
            depth = value(override, name="ilvl")
            if depth.isdecimal() and find(override, "w:startOverride") is not None:
                self._restarts[list_id, int(depth)] = number(override, "w:startOverride", 1)
