"""The lexical index: from a chunk's words to the weighted vector PostgreSQL searches.

Positions are only counted, never compared, so a lexeme's n-th occurrence simply gets
the next number; the letter says where it stood.
"""

from collections import Counter
from collections.abc import Iterable

from knowledge.lexemes import lexemes

TITLE, HEADING, BODY = "A", "B", "D"
MOST_OCCURRENCES = 32  # per lexeme and field; term frequency is saturated long before (k1 = 1.2)


def vector_of(fields: Iterable[tuple[str, str, str]]) -> tuple[str, set[str]]:
    """Return the text form of a ``tsvector`` and its distinct lexemes.

    Args:
        fields: (weight letter, text, language) for each field of a chunk.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for weight, text, language in fields:
        counts.update((lexeme, weight) for lexeme in lexemes(text, language))
    positions: dict[str, list[str]] = {}
    for (lexeme, weight), count in sorted(counts.items()):
        entry = positions.setdefault(lexeme, [])
        first = len(entry) + 1
        entry.extend(f"{first + n}{weight}" for n in range(min(count, MOST_OCCURRENCES)))
    return " ".join(f"{quoted(lexeme)}:{','.join(places)}" for lexeme, places in positions.items()), set(
        positions
    )


def quoted(lexeme: str) -> str:
    """Return a lexeme as a quoted literal of ``tsvector`` and ``tsquery``."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
