"""Agreeing: do two sentences say the same thing, as far as numbers, denial and words can tell?

Vectors hardly see what matters most to a customer: "after 14 days" lies beside "after 30
days", "I can" beside "I cannot". So these are compared by themselves, and exactly.
"""

from knowledge.facts import codes_in, is_denial, negates, opposites_of
from knowledge.lexemes import fold, lexemes, query_lexemes

_EDGES = "?!.,;:¿¡…\"'“”„«»()[]？！。，、"


def normalised(question: str) -> str:
    """Return a question's words as they count for an exact match: folded, without marks at their edges."""
    words = (word.strip(_EDGES) for word in fold(question).split())
    return " ".join(word for word in words if word)


def agree(one: str, other: str) -> bool:
    """Say whether two texts hold the same numbers and codes, and both deny or neither does."""
    return codes_in(one) == codes_in(other) and negates(one) == negates(other)


def overlap(one: str, other: str, language: str) -> float:
    """Return the share of content words that two texts have in common, 0 to 1; numbers are left out."""
    first, second = _content(one, language), _content(other, language)
    return len(first & second) / len(first | second) if first or second else 0.0


def swaps(one: str, other: str, language: str) -> bool:
    """Say whether each of two texts has a content word that the other has not, or one a word's opposite."""
    first, second = _content(one, language), _content(other, language)
    if first - second and second - first:
        return True
    mine, theirs = set(lexemes(one, language)), set(lexemes(other, language))  # "on" is a small word
    return any(
        word in mine ^ theirs and not opposites.isdisjoint(mine ^ theirs)
        for word, opposites in opposites_of(language).items()
    )


def _content(text: str, language: str) -> set[str]:
    return {
        lexeme
        for lexeme in query_lexemes(text, language)
        if not is_denial(lexeme) and not any(map(str.isdigit, lexeme))
    }
