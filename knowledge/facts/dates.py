"""Dates: days, months and years in the notations people use.

"2026-03-05", "5.3.2026", "5 March 2026", "March 5th" and "5 de marzo de 2026". Between slashes
the month comes first in English and the day in all other languages, if both could be.
"""

import re
from dataclasses import dataclass, field

_MONTHS = (
    "january januar enero janvier gennaio janeiro januari jan ene janv gen",
    "february februar febrero février febbraio fevereiro februari feb févr fev",
    "march märz marzo mars março maart mar mär mrt",
    "april abril avril aprile apr abr",
    "may mai mayo maggio maio mei mag",
    "june juni junio juin giugno junho jun giu",
    "july juli julio juillet luglio julho jul juil lug",
    "august agosto août augustus aug ago",
    "september septiembre septembre settembre setembro sept sep set",
    "october oktober octubre octobre ottobre outubro oct okt ott out",
    "november noviembre novembre novembro nov",
    "december dezember diciembre décembre dicembre dezembro dec dez dic déc",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b",
        r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4}|\d{2})(?![\d.])",
        r"(?<![\d/])(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<year>\d{4}|\d{2})(?![\d/])",
        rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|\.|º)?\s(?:of\s|de\s)?(?P<name>{_NAME})\b\.?"
        rf"(?:,?\s(?:de\s|del\s|of\s)?{_YEAR}\b)?",
        rf"\b(?P<name>{_NAME})\b\.?\s(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?:,?\s{_YEAR}\b)?",
        rf"\b(?P<name>{_NAME})\b\.?,?\s(?:de\s|del\s|of\s)?{_YEAR}\b",
    )
)


@dataclass(frozen=True, slots=True)
class Date:
    """A day, as far as it was said; 0 stands for what was not."""

    year: int
    month: int
    day: int
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """Return it as ISO 8601 writes it, without what was not said."""
        year = f"{self.year:04}" if self.year else "-"
        return f"{year}-{self.month:02}-{self.day:02}" if self.day else f"{year}-{self.month:02}"

    def is_said_by(self, other: "Date") -> bool:
        """Say whether another date says all that this one says."""
        mine, theirs = (self.year, self.month, self.day), (other.year, other.month, other.day)
        return all(one in (0, two) for one, two in zip(mine, theirs, strict=True))


def dates_in(text: str, language: str = "") -> list[Date]:
    """Return the dates of a text, in order."""
    found: list[Date] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            date = _read(match, language)
            overlaps = any(date.start < other.end and other.start < date.end for other in found)
            if not overlaps and date.month <= 12 and date.day <= 31:
                found.append(date)
    return sorted(found, key=lambda date: date.start)


def _read(match: re.Match[str], language: str) -> Date:
    parts = {key: part for key, part in match.groupdict().items() if part}
    year = int(parts.get("year", 0))
    year += 2000 if 0 < year < 100 else 0
    if "one" in parts:
        first, second = int(parts["one"]), int(parts["two"])
        is_month_first = second > 12 or (language in ("en", "") and first <= 12)
        month, day = (first, second) if is_month_first else (second, first)
    else:
        month = MONTHS[parts["name"].lower()] if "name" in parts else int(parts["month"])
        day = int(parts.get("day", 0))
    return Date(year, month, day, *match.span())
