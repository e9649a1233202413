"""Markdown: from CommonMark with tables and front matter to blocks."""

import re
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from knowledge.parsing.base import DocumentBuilder, ParsedDocument
from knowledge.parsing.decoding import decode
from knowledge.parsing.html import append_html

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:\s*(.+?)\s*$", re.MULTILINE)
# Documentation sites mix in modules and fenced notes ("import X from ...", ":::tip"); the
# notes' words stay, their fences go.
_MODULE_LINE = re.compile(r"^import\s.+\sfrom\s+['\"].+['\"];?[ \t]*$", re.MULTILINE)
_NOTE_FENCE = re.compile(r"^:::+[ \t]*\w*[ \t]*(.*)$", re.MULTILINE)
_ANCHOR = re.compile(r"\s*\{#[\w-]+\}\s*$")
_CODE = re.compile(r"(^```.*?^```|^~~~.*?^~~~)", re.MULTILINE | re.DOTALL)


def parse_markdown(path: Path) -> ParsedDocument:
    """Parse a Markdown file."""
    text = decode(path.read_bytes()).replace("\r\n", "\n")
    title, body = _front_matter(text)
    tree = SyntaxTreeNode(
        MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(_prose_only(body))
    )
    reader = _Reader(DocumentBuilder())
    reader.read(tree)
    return reader.builder.finish(title)


def _front_matter(text: str) -> tuple[str, str]:
    """Return the title in the front matter, if any, and the text after it."""
    front = _FRONT_MATTER.match(text)
    if not front:
        return "", text
    title = _TITLE.search(front.group(1))
    return (title.group(1).strip("\"'") if title else ""), text[front.end() :]


def _prose_only(text: str) -> str:
    """Drop module lines and the fences of notes, but not inside code."""
    parts = _CODE.split(text)
    parts[::2] = [_NOTE_FENCE.sub(r"\n\1\n", _MODULE_LINE.sub("", part)) for part in parts[::2]]
    return "".join(parts)


class _Reader:
    """Walks the syntax tree; markdown-it itself bounds its depth."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self.builder = builder
        self._depth = 0

    def read(self, parent: SyntaxTreeNode) -> None:
        for node in parent.children:
            self._block(node)

    def _block(self, node: SyntaxTreeNode) -> None:
        match node.type:
            case "heading":
                self.builder.heading(_ANCHOR.sub("", _inline(node)), int(node.tag[1]))
            case "paragraph" if self._depth:
                self.builder.list_item(_inline(node), self._depth)
            case "paragraph":
                self.builder.paragraph(_inline(node))
            case "bullet_list" | "ordered_list":
                self._list(node)
            case "fence" | "code_block":
                self.builder.code(node.content)
            case "table":
                self.builder.table(list(_rows(node)))
            case "html_block":
                append_html(self.builder, node.content)
            case _:
                self.read(node)

    def _list(self, node: SyntaxTreeNode) -> None:
        self._depth += 1
        number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
        for offset, item in enumerate(node.children):
            self._item(item, f"{number + offset}." if number is not None else "-")
        self._depth -= 1

    def _item(self, item: SyntaxTreeNode, marker: str) -> None:
        """Put the marker before the first paragraph of an item; the others follow without."""
        for place, child in enumerate(item.children):
            if place == 0 and child.type == "paragraph":
                self.builder.list_item(f"{marker} {_inline(child)}", self._depth)
            else:
                self._block(child)


def _rows(table: SyntaxTreeNode) -> Iterator[list[str]]:
    for section in table.children:
        for row in section.children:
            yield [_inline(cell) for cell in row.children]


def _inline(node: SyntaxTreeNode) -> str:
    """Return the words of ``node`` without markup."""
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "html_inline":
            return "\n" if node.content.lower().startswith("<br") else ""
        case _:
            return "".join(_inline(child) for child in node.children)
