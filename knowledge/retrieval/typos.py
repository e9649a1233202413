"""Typos: from words that nobody wrote to those that were probably meant.

Only words that no visible chunk holds are looked at, so whoever spells right is never
second-guessed. One edit leaves at least one half of a word as it was, or swaps two
neighbours, so two indexes by prefix (forwards and backwards) find all words that are one edit off.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection

SHORTEST = 4  # letters; shorter words have too many neighbours
MOST_WORDS = 8  # of a question
MEANT = 3  # words that one may have been meant for

# Ranges instead of LIKE: an index by byte order serves them whatever the database's collation.
NEAR = """
SELECT word, lexeme, sum(chunks)::int AS chunks
FROM unnest(%(words)s::text[], %(heads)s::text[], %(tails)s::text[], %(swaps)s::text[])
    AS asked(word, head, tail, swapped)
JOIN LATERAL (
    SELECT lexeme, collection_id, chunks FROM knowledge_lexemestatistic s
    WHERE s.lexeme ~>=~ head AND s.lexeme ~<~ (head || chr(1114111))
      AND s.collection_id = ANY(%(collections)s) AND abs(length(s.lexeme) - length(word)) <= 1
    UNION
    SELECT lexeme, collection_id, chunks FROM knowledge_lexemestatistic s
    WHERE reverse(s.lexeme) ~>=~ tail AND reverse(s.lexeme) ~<~ (tail || chr(1114111))
      AND s.collection_id = ANY(%(collections)s) AND abs(length(s.lexeme) - length(word)) <= 1
    UNION
    SELECT lexeme, collection_id, chunks FROM knowledge_lexemestatistic s
    WHERE s.lexeme = ANY(string_to_array(swapped, ' ')) AND s.collection_id = ANY(%(collections)s)
) near ON true
GROUP BY word, lexeme
"""


def meant_by(unknown: Sequence[str], collections: Sequence[int]) -> dict[str, list[str]]:
    """Return, for words that no chunk holds, the words one edit away that chunks do hold, commonest first."""
    words = [word for word in unknown if len(word) >= SHORTEST]
    words = sorted(words, key=_has_digit, reverse=True)[:MOST_WORDS]
    if not words:
        return {}
    halves = [(word[: len(word) // 2], word[len(word) // 2 :][::-1]) for word in words]
    with connection.cursor() as cursor:
        cursor.execute(
            NEAR,
            {
                "words": words,
                "heads": [head for head, _ in halves],
                "tails": [tail for _, tail in halves],
                "swaps": [" ".join(_swapped(word)) for word in words],
                "collections": list(collections),
            },
        )
        rows = cursor.fetchall()
    return {word: _likeliest(word, rows) for word in words}


def _likeliest(word: str, rows: Iterable[tuple[str, str, int]]) -> list[str]:
    near = [
        (-chunks, lexeme) for asked, lexeme, chunks in rows if asked == word and one_edit_apart(word, lexeme)
    ]
    return [lexeme for _, lexeme in sorted(near)[:MEANT]]


def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def one_edit_apart(one: str, other: str) -> bool:
    """Say whether a letter more, less or other, or two neighbours swapped, tell two different words apart."""
    if len(one) > len(other):
        one, other = other, one
    if one == other or len(other) - len(one) > 1:
        return False
    same = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[same:] == other[same + 1 :]
    swapped = one[same : same + 2] == other[same : same + 2][::-1] and one[same + 2 :] == other[same + 2 :]
    return swapped or one[same + 1 :] == other[same + 1 :]


def _swapped(word: str) -> Iterator[str]:
    for place in range(len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
