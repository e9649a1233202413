"""Hidden HTML: which elements no reader sees, told by their own attributes and styles.

Style sheets are not applied: classes that hide are mostly menus that a script opens.
"""

import re

from lxml.html import HtmlElement

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<![\w-])opacity\s*:\s*0?\.?0*(?:;|$|\s*!)"
    r"|font-size\s*:\s*(?:0|0?\.\d+|1(?:\.\d+)?)\s*(?:px|pt|em|rem|%)?\s*(?:;|$|\s*!)"
    r"|(?:left|top|right|text-indent|margin-left|margin-top)\s*:\s*-\d{4,}"
    r"|clip\s*:\s*rect\(\s*0|(?<![\w-])(?:width|height)\s*:\s*0(?:px)?\s*(?:;|$)(?=[\s\S]*overflow\s*:\s*hidden)",
    re.IGNORECASE,
)
# "1em" is large, "1px" is not.
_FULL_SIZE = re.compile(r"font-size\s*:\s*1(?:\.\d+)?\s*(?:em|rem)", re.IGNORECASE)
_WHITE = re.compile(
    r"(?<![\w-])color\s*:\s*(?:#f{3}(?:f{3})?\b|white\b|rgba?\(\s*25[3-5]\s*,\s*25[3-5]\s*,\s*25[3-5]|transparent\b"
    r"|rgba\([^)]*,\s*0\s*\))",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(r"background(?:-color|-image)?\s*:", re.IGNORECASE)


def is_invisible(element: HtmlElement) -> bool:
    """Whether an element is hidden by itself."""
    if element.get("hidden") is not None and element.get("hidden") != "until-found":
        return True
    style = element.get("style") or ""
    if not style and element.tag != "font":
        return False
    if _HIDDEN_STYLE.search(_FULL_SIZE.sub("", style)):
        return True
    is_white = _WHITE.search(style) or (element.get("color") or "").lower() in ("white", "#ffffff", "#fff")
    return bool(is_white) and not _stands_on_colour(element)


def _stands_on_colour(element: HtmlElement) -> bool:
    """Whether something behind white text may have a colour; a class may, so it counts as one."""
    return any(
        _BACKGROUND.search(above.get("style") or "")
        or above.get("bgcolor")
        or above.get("background")
        or (above.get("class") and above.tag not in ("html", "body"))
        for above in (element, *element.iterancestors())
    )
