"""Manuscripts: from Markdown with a title block to the parts that the presses set.

Only what the demo's documents need is understood; anything else is refused, so
that a source cannot lose a paragraph on its way to print.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode


class ManuscriptError(ValueError):
    """A source that the presses cannot set, with the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A chapter (level 1) or a section (level 2)."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; ``**bold**`` is kept as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list with its mark: ``1.`` in numbered steps, else a bullet."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning or a note, set apart from the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is the header."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next part begins on a new page."""


Part: TypeAlias = Heading | Paragraph | Item | Notice | Table | PageBreak


@dataclass(frozen=True, slots=True)
class Manuscript:
    """The title block of a source and its parts in order."""

    title: str
    subtitle: str
    edition: str
    parts: tuple[Part, ...]


def read(path: Path) -> Manuscript:
    """Return the manuscript at ``path``, or raise ``ManuscriptError``."""
    head, fence, body = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    if not fence or not {"title", "subtitle", "edition"} <= facts.keys():
        message = f"{path.name} must begin with title, subtitle and edition between two lines of ---."
        raise ManuscriptError(message)
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(body))
    parts: list[Part] = []
    for node in tree.children:
        if node.type not in READERS:
            message = f"{path.name} holds a {node.type}, which no press can set; write it as plain text."
            raise ManuscriptError(message)
        parts.extend(READERS[node.type](node))
    return Manuscript(facts["title"], facts["subtitle"], facts["edition"], tuple(parts))


def _text(node: SyntaxTreeNode) -> str:
    """Return the text below ``node`` on one line, its emphasis as written."""
    if node.type == "inline":
        return node.content.replace("\n", " ")
    return " ".join(_text(child) for child in node.children)


def _items(node: SyntaxTreeNode) -> Iterator[Item]:
    for number, child in enumerate(node.children, start=1):
        yield Item(f"{number}." if node.type == "ordered_list" else "", _text(child))


def _rows(node: SyntaxTreeNode) -> Iterator[tuple[str, ...]]:
    for section in node.children:
        for row in section.children:
            yield tuple(_text(cell) for cell in row.children)


READERS: dict[str, Callable[[SyntaxTreeNode], Iterable[Part]]] = {
    "heading": lambda node: [Heading(int(node.tag[1:]), _text(node))],
    "paragraph": lambda node: [Paragraph(_text(node))],
    "blockquote": lambda node: [Notice(_text(node))],
    "ordered_list": _items,
    "bullet_list": _items,
    "table": lambda node: [Table(tuple(_rows(node)))],
    "hr": lambda _: [PageBreak()],
}
