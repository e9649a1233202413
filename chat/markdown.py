r"""Markdown: a document's words, written so that they are shown sign by sign; and back.

Documents are kept as plain text, and answers are shown as Markdown: without care ``\\server\_new`` loses
its backslash, ``__init__`` its underscores and "> 30 °C" its sign. What a person set in stars or backticks
stays as they meant it.
"""

import re

_PUNCTUATION = r"[!-/:-@\[-`{-~]"
# Code, an address and words in stars are left alone.
_MEANT = (
    r"(?<![\w`])(?P<ticks>`+)(?=[^\s`])(?:(?!\n\n)[^`])+(?<=\S)(?P=ticks)(?![\w`])"
    r"|https?://[^\s<>\"'`]+"
    r"|(?<![\w*])(?P<stars>\*{1,2})(?=[^\W_])(?:[^*\n]*[^\W_.][.!?:)]?)?(?P=stars)(?![\w*])"
)
# Alone between blanks, or within a word, a sign marks nothing.
_SIGN = (
    rf"\\(?={_PUNCTUATION})"
    r"|`"
    r"|\*(?!(?<=\s\*)\s)"
    r"|_(?!(?<=[^\W_]_)[^\W_])(?!(?<=\s_)\s)"
    r"|\[(?=[^\[\]\n]*\]\()"
)
_INLINE = re.compile(rf"(?P<meant>{_MEANT})|(?P<sign>{_SIGN})")
_STAR = re.compile(r"(?m)^(\s*)\*(?=\s)")
_BEGINS = r"(?=#{1,6}\s|>|~{3})"
_BLOCK = re.compile(rf"(?m)^([^\S\n]*){_BEGINS}")
_BLOCK_IN_ITEM = re.compile(rf"(?m)^([^\S\n]*(?:(?:[*+-]|\d{{1,6}}[.)])[^\S\n]+)?){_BEGINS}")
_RULE_OR_BULLET = re.compile(r"(?m)^([^\S\n]*)(?=(?:[-+]\s|-{3}))")
_NUMBER = re.compile(r"(?m)^([^\S\n]*\d{1,6})(?=[.)]\s)")
_ESCAPED = re.compile(rf"(?P<code>(?P<ticks>`++).+?(?P=ticks))|\\(?P<sign>{_PUNCTUATION})", re.DOTALL)


def verbatim(text: str) -> str:
    """Return prose as Markdown that shows its very signs."""
    text = _RULE_OR_BULLET.sub(r"\1\\", _BLOCK.sub(r"\1\\", verbatim_line(text)))
    return _NUMBER.sub(r"\1\\", text)


def verbatim_list(text: str) -> str:
    """Return a list's lines as Markdown that shows their very signs, bullets and numbers as such."""
    return _BLOCK_IN_ITEM.sub(r"\1\\", verbatim_line(_STAR.sub(r"\1-", text)))


def verbatim_line(text: str) -> str:
    """Return what stands within a line, such as a table's row, as Markdown that shows its very signs."""
    return _INLINE.sub(lambda found: found["meant"] or "\\" + found["sign"], text)


def plain(text: str) -> str:
    """Return Markdown without the backslashes before its signs, to be read as text."""
    return _ESCAPED.sub(lambda found: found["code"] or found["sign"], text)


def fenced(code: str) -> str:
    """Return code between fences that are longer than any run of backticks within."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", code))])
    return f"{fence}\n{code}\n{fence}"
