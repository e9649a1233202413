"""Subtitles: from WebVTT and SubRip files to what was said.

Cues are cut for the eye, not for sense: they are joined until a sentence ends and the
paragraph is long enough, or another person speaks.
"""

import html
import re
from pathlib import Path

from knowledge.parsing.base import DocumentBuilder, ParsedDocument
from knowledge.parsing.decoding import decode

MIN_PARAGRAPH = 300
MAX_PARAGRAPH = 900

_BLANK = re.compile(r"\n[ \t]*\n")
_TIMES = re.compile(r"^\s*(?:\d+:)?\d+:\d{2}[.,]\d+\s*-->", re.MULTILINE)
_SPEAKER = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|<\d[^>]*>|\{\\[^}]*\}")
_END = (".", "!", "?", "…", "。", "！", "？", '."', ".”")


def parse_subtitles(path: Path) -> ParsedDocument:
    """Parse a file of subtitles."""
    builder = DocumentBuilder()
    speaker, said = "", ""
    for cue in _BLANK.split(decode(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")):
        times = _TIMES.search(cue)
        if not times:
            continue  # the head, a note or a style
        lines = cue[times.start() :].partition("\n")[2]
        named = _SPEAKER.search(lines)
        now = named.group(1).strip() if named else speaker if "<v" in lines else ""
        words = html.unescape(_MARKUP.sub("", lines)).strip()
        if now != speaker or _is_full(said):
            builder.paragraph(said)
            said = f"{now}: " if now and now != speaker else ""
        # Rolling captions repeat the line before.
        said += "" if words and said.endswith(words) else f"{words} "
        speaker = now
    builder.paragraph(said)
    return builder.finish()


def _is_full(said: str) -> bool:
    text = said.rstrip()
    return len(text) > MAX_PARAGRAPH or (len(text) > MIN_PARAGRAPH and text.endswith(_END))
