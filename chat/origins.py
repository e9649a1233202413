"""Origins: from what staff wrote down to the websites that may embed an assistant.

A pattern is an exact origin (``https://shop.example.com``, a port where it is not
the usual one) or ``https://*.example.com`` for every host below a domain, at any
depth but not the domain itself: what a browser makes of it in ``frame-ancestors``.
Anything else is refused, so that no stored text can add words to a header.
"""

import re
from collections.abc import Iterable

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL})*"
_EXACT = re.compile(rf"https?://{_NAME}(?::[1-9][0-9]{{0,4}})?")
# At least two labels after the star: "https://*.com" would be everyone.
_BELOW = re.compile(rf"https://\*\.({_LABEL}(?:\.{_LABEL})+)")


def is_origin_pattern(text: str) -> bool:
    """Return whether ``text`` names an origin, or all hosts below a domain."""
    return bool(_EXACT.fullmatch(text) or _BELOW.fullmatch(text))


def frame_ancestors(patterns: Iterable[str]) -> list[str]:
    """Return the sources of ``frame-ancestors``: our own pages, where staff try it, and valid patterns."""
    return ["'self'", *(pattern for pattern in patterns if is_origin_pattern(pattern))]


def allows(patterns: Iterable[str], origin: str) -> bool:
    """Return whether a page of ``origin`` (``scheme://host[:port]``) may embed."""
    return any(_matches(pattern, origin) for pattern in patterns)


def _matches(pattern: str, origin: str) -> bool:
    if below := _BELOW.fullmatch(pattern):
        return bool(re.fullmatch(rf"https://{_NAME}\.{re.escape(below[1])}", origin))
    return bool(_EXACT.fullmatch(pattern)) and pattern == origin
