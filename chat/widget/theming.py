"""Theming: eight tokens that staff choose, checked so that none can carry anything but a look.

They reach the page as data and are applied through the CSS object model; free CSS is not
accepted, because it could hide words, move buttons and call other hosts.
"""

import base64
import binascii
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SCHEMES = ("auto", "light", "dark")
FONTS = ("system", "serif", "rounded", "mono")
POSITIONS = ("end", "start")
MOST_RADIUS, MOST_OFFSET, MOST_LAUNCHER = 24, 64, 40  # px, px, characters
MOST_LOGO = 20_000  # bytes
DEFAULTS: dict[str, Any] = {
    "color": "",
    "scheme": "auto",
    "radius": 14,
    "font": "system",
    "position": "end",
    "offset": 20,
    "launcher": "",
    "logo": "",
}
_COLOR = re.compile(r"#[0-9a-f]{6}")
_LOGO = re.compile(r"data:image/(png|jpeg|webp);base64,([A-Za-z0-9+/]+={0,2})")
_BEGINNINGS = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff", "webp": b"RIFF"}


def theme_of(stored: dict[str, Any]) -> dict[str, Any]:
    """Return all tokens of a stored theme; those that are missing or not fit to be shown are ours."""
    theme = dict(DEFAULTS)
    for name, value in stored.items():
        try:
            theme |= clean_theme({name: value})
        except ValidationError:
            continue
    return theme


def clean_theme(tokens: dict[str, Any]) -> dict[str, Any]:
    """Return the tokens that differ from ours.

    Raises:
        ValidationError: One of them is not what it must be; names it, and says what it may be.
    """
    unknown = tokens.keys() - DEFAULTS
    if unknown:
        raise ValidationError(_("A theme has no “%(name)s”.") % {"name": min(unknown)})
    cleaned = {name: _CHECKS[name](value) for name, value in tokens.items()}
    return {name: value for name, value in cleaned.items() if value != DEFAULTS[name]}


def read_logo(content: bytes) -> str:
    """Return a picture as the data that stands in a page.

    Raises:
        ValidationError: It is too large, or neither PNG, JPEG nor WebP.
    """
    if len(content) > MOST_LOGO:
        raise ValidationError(_("The logo may have 20 KB. Make it smaller: it is shown at 36 pixels."))
    for kind, beginning in _BEGINNINGS.items():
        if content.startswith(beginning):
            return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    raise ValidationError(_("The logo must be a PNG, JPEG or WebP picture."))


def _color(value: Any) -> str:
    color = str(value).strip().lower()
    if color and not _COLOR.fullmatch(color):
        raise ValidationError(_("Write the colour like #0b57d0."))
    return color


def _one_of(*choices: str) -> Any:
    def check(value: Any) -> str:
        if value not in choices:
            raise ValidationError(_("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)})
        return str(value)

    return check


def _pixels(most: int) -> Any:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise ValidationError(_("Give whole pixels from 0 to %(most)d.") % {"most": most})
        return value

    return check


def _launcher(value: Any) -> str:
    words = " ".join(str(value).split())
    if len(words) > MOST_LAUNCHER or not words.isprintable():
        raise ValidationError(_("The button has room for %(most)d characters.") % {"most": MOST_LAUNCHER})
    return words


def _logo(value: Any) -> str:
    found = _LOGO.fullmatch(str(value)) if value else None
    if value and found is None:
        raise ValidationError(_("The logo must be a PNG, JPEG or WebP picture."))
    if found is None:
        return ""
    try:
        return read_logo(base64.b64decode(found[2], validate=True))
    except binascii.Error as error:
        raise ValidationError(_("The logo must be a PNG, JPEG or WebP picture.")) from error


_CHECKS: dict[str, Any] = {
    "color": _color,
    "scheme": _one_of(*SCHEMES),
    "radius": _pixels(MOST_RADIUS),
    "font": _one_of(*FONTS),
    "position": _one_of(*POSITIONS),
    "offset": _pixels(MOST_OFFSET),
    "launcher": _launcher,
    "logo": _logo,
}
