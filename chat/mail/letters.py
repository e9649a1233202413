"""Letters: from the bytes of a mail to what matters of it; whatever a stranger sends, no error comes out.

Uses the standard library's parser with its default policy; HTML becomes text by lxml, scripts,
styles and quotations left out.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.errors import HeaderParseError, MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import getaddresses
from itertools import count
from typing import Any

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from chat.texts import storable

MOST_TEXT = 200_000  # characters that are looked at
MOST_FILES = 10
# The parser's work grows with the square of these: 240 KB of one header took 13 s, 50,000 parts 22 s.
MOST_HEADER, MOST_PARTS = 8_000, 300
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,280}>")
RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_BLOCKS = {
    "p",
    "div",
    "br",
    "li",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "pre",
    "table",
    "ul",
    "ol",
    "hr",
}
_SILENT = {"script", "style", "head", "title", "template", "svg"}
_BROKEN = (
    MessageError,
    HeaderParseError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
)
UNREADABLE = "It cannot be read: it is damaged, nested too deeply, or in too many parts."


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file in a mail: what it is called, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that came in."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    files: tuple[Enclosed, ...]
    automatic: str


class _Bounded(EmailPolicy):
    """The default policy with an end to each header."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Read the lines of a header, as far as headers go."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MOST_HEADER]


def read(raw: bytes) -> Letter:
    """Read a mail; what cannot be read of it is empty."""
    try:
        return _letter(_parsed(raw), raw)
    except _BROKEN:
        return Letter(_made_up_id(raw), "", (), "", "", (), UNREADABLE)


def _parsed(raw: bytes) -> EmailMessage:
    parts = count(1)

    def part(policy: Any) -> EmailMessage:
        if next(parts) > MOST_PARTS:
            raise MessageError
        return EmailMessage(policy)

    bounded: Any = _Bounded(message_factory=part)
    parsed: EmailMessage = BytesParser(policy=bounded).parsebytes(raw)
    return parsed


def _made_up_id(raw: bytes) -> str:
    return f"<{hashlib.sha256(raw).hexdigest()}@no-message-id>"


def _letter(mail: EmailMessage, raw: bytes) -> Letter:
    found = MESSAGE_ID.search(_header(mail, "Message-ID"))
    senders = _addresses(mail, ("From",))
    return Letter(
        message_id=found[0] if found else _made_up_id(raw),
        sender=senders[0] if len(senders) == 1 else "",  # several: whoever of them it was, nobody can tell
        recipients=tuple(_addresses(mail, RECIPIENTS)),
        subject=_header(mail, "Subject")[:300],
        text=_text(mail)[:MOST_TEXT],
        files=tuple(_files(mail)),
        automatic=_automatic(mail),
    )


def _header(mail: EmailMessage, name: str) -> str:
    try:
        value = " ".join(str(mail.get(name, "")).split())
    except _BROKEN:
        return ""
    return storable("".join(c for c in value if c.isprintable()))


def _addresses(mail: EmailMessage, names: Iterable[str]) -> list[str]:
    found = []
    for name in names:
        try:
            values = [str(value) for value in mail.get_all(name, [])]
        except _BROKEN:
            continue
        found += [storable(address).strip().lower() for _, address in getaddresses(values) if "@" in address]
    return [address for address in dict.fromkeys(found) if len(address) <= 320]


def _automatic(mail: EmailMessage) -> str:
    """Return why a mail was written by no person; empty when it seems to be."""
    submitted = _header(mail, "Auto-Submitted").lower()
    precedence = _header(mail, "Precedence").lower()
    if submitted and not submitted.startswith("no"):
        return "It was sent automatically (Auto-Submitted)."
    if precedence in ("bulk", "junk", "list", "auto_reply"):
        return "It was sent to many or automatically (Precedence)."
    if any(mail.get(name) for name in ("List-Id", "List-Unsubscribe")):
        return "It came by a mailing list (List-Id)."
    if any(mail.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")):
        return "It was sent automatically (X-Autoreply)."
    returned = _header(mail, "Return-Path") == "<>"
    if returned or mail.get_content_type() in ("multipart/report", "message/delivery-status"):
        return "It is a report of a mail server, such as a bounce."
    return ""


def _text(mail: EmailMessage) -> str:
    try:
        part = mail.get_body(("plain", "html"))
    except _BROKEN:
        return ""
    if part is None:
        return ""
    content = _decoded(part)[: 5 * MOST_TEXT]
    return storable(_plain(content) if part.get_content_subtype() == "html" else content)


def _decoded(part: Any) -> str:
    """Return the text of a part; in an encoding that nobody knows, what can be read of it."""
    try:
        content = part.get_content()
    except _BROKEN:
        payload = part.get_payload(decode=True)
        content = payload.decode(errors="replace") if isinstance(payload, bytes) else ""
    return content if isinstance(content, str) else ""


def _plain(markup: str) -> str:
    """Return the text of HTML, one line for each block; lines of quotations begin with “>”."""
    try:
        tree = document_fromstring(
            markup.encode(errors="replace"), parser=HTMLParser(encoding="utf-8", no_network=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    etree.strip_elements(tree, *_SILENT, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    pieces: list[str] = []
    depth = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if element.tag == "blockquote":
            depth += 1 if event == "start" else -1
        if element.tag in _BLOCKS:
            pieces.append("\n" + "> " * min(depth, 9))
        pieces.append(" ".join(((element.text if event == "start" else element.tail) or "").split("\n")))
    lines = [" ".join(line.split()) for line in "".join(pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _files(mail: EmailMessage) -> Iterable[Enclosed]:
    try:
        parts = list(mail.iter_attachments())
    except _BROKEN:
        return
    for part in parts[:MOST_FILES]:
        try:
            name, content = part.get_filename() or "", part.get_payload(decode=True)
        except _BROKEN:
            continue
        if isinstance(content, bytes) and name:
            yield Enclosed(storable(name), content)
