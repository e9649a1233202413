"""Decoding: from the bytes of a text file to its characters, whatever wrote them."""

import codecs

from charset_normalizer import from_bytes

from knowledge.parsing.base import ParsingError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Guessing reads this much; a code page does not change in the middle of a file.
_SAMPLE = 64_000
_PAIRS = 500


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the text of ``data``: by its byte order mark, as UTF-8, as declared, or by best guess."""
    encoding = unicode_of(data)
    if encoding:
        return data.decode(encoding, errors="replace")
    for candidate in ("utf-8", declared):
        text = _decoded(data, candidate)
        if text is not None:
            return text
    guess = from_bytes(data[:_SAMPLE]).best()
    if guess is None:
        raise ParsingError(
            "We cannot tell how the text in this file is encoded. Save it as UTF-8 and upload it again."
        )
    return data.decode(guess.encoding, errors="replace")


def unicode_of(data: bytes) -> str | None:
    """Return the Unicode encoding that ``data`` shows by its mark, or by the zeros of UTF-16."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[: _PAIRS * 2]
    high, low = sample[::2].count(0), sample[1::2].count(0)
    if low > len(sample) / 4 and not high:
        return "utf-16-le"
    return "utf-16-be" if high > len(sample) / 4 and not low else None


def _decoded(data: bytes, encoding: str | None) -> str | None:
    try:
        return data.decode(encoding) if encoding else None
    except (UnicodeDecodeError, LookupError):
        return None
