"""HTML: from a page to the blocks of its main content.

Navigation, headers, footers, asides, forms' controls, hidden parts and cookie banners are
left out: they repeat on every page and would be found before what the page says.
"""

import re
from pathlib import Path

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError, one_line
from knowledge.parsing.decoding import decode
from knowledge.parsing.html_hidden import is_invisible
from knowledge.parsing.html_tables import BLOCKS, alternative, is_data, rows_of, spaced, words

_CLUTTER_TAGS = (
    "script style noscript template nav footer aside iframe object embed svg canvas audio video button "
    "input select textarea dialog head link meta map datalist"
)
_CLUTTER_ROLES = "navigation banner contentinfo complementary search dialog alertdialog menu"
_DROPPED = frozenset(_CLUTTER_TAGS.split())
_DROPPED_ROLES = frozenset(_CLUTTER_ROLES.split())
_BANNER = re.compile(
    r"\b(cookie|consent|gdpr|breadcrumbs?|skip-?(to|link|nav)|sidebar|toc|table-of-contents|newsletter|social-share)",
    re.IGNORECASE,
)
# What browsers never show of a page; the rest of what is hidden was hidden by its author.
_NEVER_SHOWN = frozenset("html body script style noscript template head link meta map datalist title".split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
MIN_MAIN_LENGTH = 200
MIN_MENU_LENGTH = 12


def parse_html(path: Path) -> ParsedDocument:
    """Parse an HTML page."""
    builder = DocumentBuilder()
    title = append_page(builder, path.read_bytes())
    if title is None:
        raise ParsingError("This page is empty. Check the file and upload it again.")
    parsed = builder.finish()
    # "Reset your password | Acme Help" is better called by its heading.
    has_better = parsed.title and (not title or parsed.title in title)
    return parsed if has_better else builder.finish(title)


def append_page(builder: DocumentBuilder, data: bytes) -> str | None:
    """Append the main content of a page; return its title, None if the page is empty."""
    declared = _DECLARED.search(data[:4096])
    root = _tree(decode(data, declared.group(1).decode("ascii") if declared else None))
    if root is None:
        return None
    title = one_line(root.findtext(".//title") or "")
    _prune(root, builder)
    _Reader(builder).read(_main(root))
    return title


def append_html(builder: DocumentBuilder, fragment: str) -> None:
    """Append the blocks of an HTML fragment, as found inside Markdown."""
    root = _tree(fragment)
    if root is not None:
        _prune(root, builder)
        _Reader(builder).read(root)


def _tree(text: str) -> HtmlElement | None:
    parser = HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return document_fromstring(text.replace("\x00", "").encode(errors="ignore"), parser=parser)
    except etree.ParserError:  # nothing but white space and comments
        return None


def _prune(root: HtmlElement, builder: DocumentBuilder) -> None:
    """Remove what is not content and flag what is hidden; the text after a removed element stays."""
    for element in list(root.iter(etree.Element)):
        is_hidden = element.tag not in _NEVER_SHOWN and is_invisible(element)
        if is_hidden or _is_clutter(element):
            if is_hidden and root in element.iterancestors():
                builder.hidden(element.text_content())
            if element.getparent() is not None:
                element.drop_tree()


def _is_clutter(element: HtmlElement) -> bool:
    tag, role = element.tag, (element.get("role") or "").lower()
    if tag in ("html", "body", "main", "article"):
        return False
    if tag in _DROPPED or role in _DROPPED_ROLES:
        return True
    if tag in ("ul", "ol"):
        return _is_menu(element)
    if tag == "header":
        return not any(above.tag in ("main", "article") for above in element.iterancestors())
    names = f"{element.get('id') or ''} {element.get('class') or ''}"
    return element.get("aria-hidden") == "true" or bool(_BANNER.search(names))


def _is_menu(listing: HtmlElement) -> bool:
    """Whether a long list holds nothing but links."""
    if len(listing) < MIN_MENU_LENGTH:
        return False
    linked = sum(len(link.text_content().strip()) for link in listing.iter("a"))
    return linked >= 0.95 * len(listing.text_content().replace("\n", "").strip())


def _main(root: HtmlElement) -> HtmlElement:
    """Return the element that holds the main content, the whole page if none is marked."""
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = root.findall(path)
        if len(found) == 1 and len(found[0].text_content().strip()) >= MIN_MAIN_LENGTH:
            return found[0]
    return root


class _Reader:
    """Walks a pruned tree without recursion: pages may be nested deeper than our stack."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._inline: list[str] = []
        self._markers: list[str] = []
        self._lists: list[list[int]] = []
        self._term = ""

    def read(self, root: HtmlElement) -> None:
        """Append the blocks of everything below ``root``."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                self._leave(element)
                self._inline.append(spaced(element.tail) if element is not root else "")
            elif self._take(element):
                walk.skip_subtree()
            else:
                self._enter(element)
                self._inline.append(spaced(element.text))
        self._flush()

    def _take(self, element: HtmlElement) -> bool:
        """Append an element that is a block as a whole; say whether it was one."""
        match element.tag:
            case tag if tag in _HEADINGS:
                self._flush()
                self._builder.heading(words(element), _HEADINGS[tag])
            case "pre":
                self._flush()
                self._builder.code(element.text_content())
            case "table" if is_data(element):
                self._flush()
                caption = element.find("caption")
                self._builder.paragraph(words(caption) if caption is not None else "")
                self._builder.table(list(rows_of(element)))
            case "details":
                return self._take_details(element)
            case "dt" | "dd":
                self._flush()
                self._take_definition(element)
            case _:
                return False
        return True

    def _take_details(self, element: HtmlElement) -> bool:
        """Take an accordion whose summary asks as a question with its answer."""
        summary = element.find("summary")
        question = words(summary) if summary is not None else ""
        if summary is None or not question.endswith(("?", "？")):
            return False
        self._flush()
        summary.drop_tree()
        self._builder.question_answer(question, words(element))
        return True

    def _take_definition(self, element: HtmlElement) -> None:
        text = words(element)
        if element.tag == "dt":
            self._term = f"{self._term}, {text}" if self._term else text
            return
        if self._term.endswith("?"):
            self._builder.question_answer(self._term, text)
        else:
            self._builder.list_item(f"{self._term}: {text}" if self._term else text)
        self._term = ""

    def _enter(self, element: HtmlElement) -> None:
        if element.tag in BLOCKS:
            self._flush()
        match element.tag:
            case "br":
                self._inline.append("\n")
            case "img":
                self._inline.append(alternative(element))
            case "ol" | "ul":
                start = element.get("start") or "1"
                self._lists.append([int(start) if start.isdecimal() and element.tag == "ol" else 1])
            case "li":
                self._markers = [self._marker(element)]

    def _marker(self, item: HtmlElement) -> str:
        parent = item.getparent()
        if parent is None or parent.tag != "ol" or not self._lists:
            return "- "
        self._lists[-1][0] += 1
        return f"{self._lists[-1][0] - 1}. "

    def _leave(self, element: HtmlElement) -> None:
        if element.tag in BLOCKS:
            self._flush()
        if element.tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        if element.tag == "li":
            self._markers = []

    def _flush(self) -> None:
        text = "".join(self._inline)
        self._inline.clear()
        if not text.strip():
            return
        if self._lists:
            self._builder.list_item("".join(self._markers) + text.strip(), len(self._lists))
            self._markers = []
        else:
            self._builder.paragraph(text)
