"""Stripping: from the text of a mail to what its writer added, without the history below it.

Our own mails carry a line to write above, which mail programs quote along; what is quoted in
other ways is known by the forms in which the common programs introduce it. When in doubt a line
stays: too much history is a nuisance, a lost word is a loss.
"""

import re
from collections.abc import Sequence

MOST_LINES = 4_000
MARK = "─────"
_QUOTED = re.compile(r"^[>|│]")
# “On … wrote:” in the languages of the common mail programs; the name may stand before or after the verb.
_INTRODUCED = re.compile(
    r"^(?:On\b.{6,300}\bwrote|Am\b.{6,300}\bschrieb\b.{0,200}|.{3,200}\bschrieb am\b.{6,100}"
    r"|El\b.{6,300}\bescribió"
    r"|Le\b.{6,300}\ba écrit|Il\b.{6,300}\bha scritto|Em\b.{6,300}\bescreveu|Op\b.{6,300}\bschreef\b.{0,200}"
    r"|W dniu\b.{6,300}\bnapisał(?:\(a\)|a)?|Den\b.{6,300}\bskrev\b.{0,200}|.{6,300}\bнаписал(?:\(а\)|а)?"
    r"|.{6,300}\btarihinde\b.{3,200}\byazdı|.{6,300}写道|.{6,300}のメール)\s*[:：]$",
    re.IGNORECASE,
)
_DIVIDED = re.compile(
    r"^\s*(?:-{2,}\s*)(?:original message|ursprüngliche nachricht|mensaje original|message d'origine"
    r"|messaggio originale|mensagem original|oorspronkelijk bericht|forwarded message"
    r"|weitergeleitete nachricht|mensaje reenviado)(?:\s*-{2,})\s*$|^_{20,}$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^\*?(from|von|de|da|van|od|sent|gesendet|enviado(?: el)?|envoyé|inviato|verzonden|date|datum|fecha"
    r"|to|an|para|à|a|aan|subject|betreff|asunto|objet|oggetto|onderwerp|reply-to|antwort an):\*?\s+\S",
    re.IGNORECASE,
)
_SENT_FROM = re.compile(
    r"^(?:sent (?:from|with) (?:my |outlook|proton|mail|yahoo|gmail|samsung)|get outlook for "
    r"|von meinem .{2,40} gesendet|gesendet (?:von|mit) |enviado (?:desde|con) |envoyé (?:de|depuis) "
    r"|inviato (?:da|dal) |verzonden (?:vanaf|met) |diese nachricht wurde von meinem ).{0,80}$",
    re.IGNORECASE,
)


def reply_in(text: str) -> str:
    """Return what a mail adds to what it answers; empty when it adds nothing."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MOST_LINES]
    lines = [line.rstrip() for line in whole]
    own = _trimmed(_without_tail(lines[: _history(lines)]))
    return "\n".join(_without_signature(own)).strip()


def _history(lines: Sequence[str]) -> int:
    """Return the line at which the history begins, or the number of lines."""
    for at, line in enumerate(lines):
        bare = line.lstrip("> ")
        if bare.startswith(MARK):
            return _introduction(lines, at)
        if _DIVIDED.match(line) or _is_header_block(lines, at) or _is_introduction(lines, at):
            return at
    return len(lines)


def _introduction(lines: Sequence[str], at: int) -> int:
    """Return the line at which the mail program announces the quotation that begins at ``at``."""
    for before in range(max(0, at - 8), at):
        if _is_introduction(lines, before):
            return before
    while at and (not lines[at - 1] or _QUOTED.match(lines[at - 1])):
        at -= 1
    return at


def _is_introduction(lines: Sequence[str], at: int) -> bool:
    """Say whether “On … wrote:” begins here, on up to three lines, with a quotation or an end behind it."""
    if not lines[at] or _QUOTED.match(lines[at]):
        return False
    for length in (1, 2, 3):
        joined = " ".join(lines[at : at + length])
        if not all(lines[at : at + length]):
            break
        if _INTRODUCED.match(joined):
            behind = [line for line in lines[at + length : at + length + 4] if line]
            return not behind or bool(_QUOTED.match(behind[0])) or MARK in behind[0]
    return False


def _is_header_block(lines: Sequence[str], at: int) -> bool:
    """Say whether the three lines from here on look like the head of a mail, as Outlook puts it."""
    found = {match[1].lower() for line in lines[at : at + 4] if (match := _HEADER.match(line))}
    return bool(_HEADER.match(lines[at])) and len(found) >= 3


def _without_tail(lines: Sequence[str]) -> Sequence[str]:
    """Drop a quotation at the end that nothing introduces; quotations between answers stay."""
    end = len(lines)
    while end and (not lines[end - 1] or _QUOTED.match(lines[end - 1])):
        end -= 1
    return lines[:end]


def _without_signature(lines: Sequence[str]) -> Sequence[str]:
    """Drop what follows the signature's mark “-- ”, and a last line in which a program speaks of itself."""
    for at, line in enumerate(lines):
        if line in ("--", "—") and at:
            lines = lines[:at]
            break
    lines = _trimmed(lines)
    while lines and _SENT_FROM.match(lines[-1]):
        lines = _trimmed(lines[:-1])
    return lines


def _trimmed(lines: Sequence[str]) -> Sequence[str]:
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    return lines[:end]
