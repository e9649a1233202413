"""Mail: from a stored message, as .eml or as Outlook's .msg, to blocks.

The subject is the title and the heading; sender and date come first, then the body, the HTML
one if there is no plain text. Attachments are named, not read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from knowledge.parsing.base import DocumentBuilder, ParsedDocument, ParsingError
from knowledge.parsing.compound import Compound, NotCompound
from knowledge.parsing.decoding import decode
from knowledge.parsing.html import append_page
from knowledge.parsing.text import append_text

MAX_PARTS = 500
# Property numbers of [MS-OXPROPS]: subject, sender's name and address, receivers, body, HTML, name of a file.
_SUBJECT, _SENDER, _ADDRESS, _RECEIVERS, _BODY, _HTML = "0037 0c1a 0c1f 0e04 1000 1013".split()
_FILE_NAMES = ("3707", "3704")
_HEADERS = "007d"
_DATE = re.compile(r"^date:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_DAMAGED = "This message is damaged and cannot be read. Save it anew and upload the new copy."


@dataclass(frozen=True, slots=True)
class _Letter:
    """What of a message stands above its body."""

    subject: str
    sender: str
    receivers: str
    date: str

    def append(self, builder: DocumentBuilder) -> None:
        """Append the subject as the heading, and who wrote when."""
        builder.heading(self.subject, 1)
        lines = (("From", self.sender), ("To", self.receivers), ("Date", self.date))
        builder.paragraph("\n".join(f"{name}: {text}" for name, text in lines if text.strip()))


def parse_eml(path: Path) -> ParsedDocument:
    """Parse a message as mail programs export it."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        letter = _Letter(*(_header(message, name) for name in ("subject", "from", "to", "date")))
        parts = list(_parts(message))
    except (MessageError, ValueError, TypeError, AttributeError, IndexError, KeyError, LookupError) as error:
        raise ParsingError(_DAMAGED) from error
    if not parts and message.get_content_type() == "application/pkcs7-mime":
        raise ParsingError("This message is encrypted. Save it decrypted and upload it again.")
    builder = DocumentBuilder()
    letter.append(builder)
    plain = [part for part in parts if part.get_content_type() == "text/plain"]
    pages = [part for part in parts if part.get_content_type() == "text/html"]
    for part in plain if any(_text(part).strip() for part in plain) else ():
        append_text(builder, _text(part))
    if not any(_text(part).strip() for part in plain):
        for part in pages:
            append_page(builder, _text(part).encode())
    _name_attachments(builder, [part.get_filename() or "" for part in message.walk()])
    return builder.finish(letter.subject)


def parse_msg(path: Path) -> ParsedDocument:
    """Parse a message as Outlook saves it."""
    try:
        container = Compound(path.read_bytes())
    except NotCompound as error:
        raise ParsingError(_DAMAGED) from error
    sent = _DATE.search(_property(container, _HEADERS))
    sender = " ".join(filter(None, (_property(container, number) for number in (_SENDER, _ADDRESS))))
    letter = _Letter(
        _property(container, _SUBJECT),
        sender,
        _property(container, _RECEIVERS),
        sent.group(1) if sent else "",
    )
    builder = DocumentBuilder()
    letter.append(builder)
    body = _property(container, _BODY)
    page = container.stream(f"__substg1.0_{_HTML}0102")
    if body.strip():
        append_text(builder, body)
    elif page:
        append_page(builder, page)
    folders = sorted({name.partition("/")[0] for name in container.names if name.startswith("__attach")})
    files = [
        next(filter(None, (_property(container, number, folder) for number in _FILE_NAMES)), "")
        for folder in folders
    ]
    _name_attachments(builder, files)
    return builder.finish(letter.subject)


def _property(container: Compound, number: str, folder: str = "") -> str:
    """Return a text property, kept in UTF-16 or in the code page of the writer."""
    place = f"{folder}/" if folder else ""
    wide = container.stream(f"{place}__substg1.0_{number}001f")
    narrow = container.stream(f"{place}__substg1.0_{number}001e") or b""
    return (wide.decode("utf-16-le", errors="replace") if wide else decode(narrow) if narrow else "").strip(
        "\x00"
    )


def _header(message: EmailMessage, name: str) -> str:
    return str(message.get(name) or "")


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the parts that are the body, not those that hang on it."""
    for count, part in enumerate(message.walk()):
        if count > MAX_PARTS:
            return
        is_body = part.get_content_disposition() != "attachment" and not part.get_filename()
        if is_body and part.get_content_type() in ("text/plain", "text/html"):
            yield part


def _text(part: EmailMessage) -> str:
    data = part.get_payload(decode=True)
    return decode(data, part.get_content_charset()) if isinstance(data, bytes) else ""


def _name_attachments(builder: DocumentBuilder, names: list[str]) -> None:
    named = [name for name in names if name]
    if named:
        builder.paragraph(f"Attachments: {', '.join(named)}")
