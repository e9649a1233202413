"""Serving: the widget's own files as they travel.

No build step: what is served is what is written, less comments and indentation, which would be a quarter
of the weight; the style sheets go as one. All files of one state share an address that names their digest,
so that a browser may keep them for ever and never mixes the modules of two releases.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

LOADER = "loader.js"
STYLE = "chat.css"
STYLE_PARTS = ("tokens.css", "widget/app.css", "widget/answers.css")
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}

# Of a script: a line, or lines, of nothing but comment; indentation; blank lines.
_IDLE = re.compile(
    r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n|^[ \t]*//[^\n]*\n|^[ \t]+|^\n", re.MULTILINE | re.DOTALL
)
# Of a style sheet: comments, blanks and semicolons that separate nothing, noughts before a point; what stands
# in quotes is kept.
_REMARK = re.compile(r"/\*(?:(?!\*/).)*\*/", re.DOTALL)
_BLANK = re.compile(r"""("[^"]*")|\s*(?:;\s*(?=})|([{};,>]))\s*|(?<=:) |(?<![\w.#])0(?=\.\d)""")


@dataclass(frozen=True, slots=True)
class Served:
    """One file: its bytes, plain and compressed, and its media type."""

    plain: bytes
    packed: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Release:
    """All files by name, under the digest of them all."""

    digest: str
    files: dict[str, Served]

    @property
    def modules(self) -> list[str]:
        """Name the modules that every page needs, for it to fetch them all at once."""
        needed = (name for name in self.files if name.endswith(".js") and "/" not in name)
        return [name for name in needed if name not in (LOADER, "app.js")]


def slim_script(text: str) -> str:
    """Return a script without comment lines and indentation."""
    return _IDLE.sub("", text)


def slim_style(text: str) -> str:
    """Return a style sheet without comments and needless blanks."""
    return _BLANK.sub(lambda found: found[1] or found[2] or "", _REMARK.sub("", text)).strip()


def release() -> Release:
    """Return the files of the widget; in DEBUG as they are this moment."""
    return _read() if settings.DEBUG else _kept()


@cache
def _kept() -> Release:
    return _read()


def _read() -> Release:
    folder = _found("widget")
    files = {
        str(path.relative_to(folder)): _served(slim_script(path.read_text()), ".js")
        for path in sorted(folder.rglob("*.js"))
    }
    files[STYLE] = _served("".join(slim_style(_found(part).read_text()) for part in STYLE_PARTS), ".css")
    digest = hashlib.sha256()
    for name, served in files.items():
        digest.update(name.encode() + b"\0" + served.plain + b"\0")
    return Release(digest.hexdigest()[:16], files)


def _found(name: str) -> Path:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found)


def _served(text: str, suffix: str) -> Served:
    plain = text.encode()
    return Served(plain, gzip.compress(plain, 9, mtime=0), MEDIA_TYPES[suffix])
