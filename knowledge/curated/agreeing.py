"""Agreeing: do two sentences say the same thing, as far as numbers, denial and words can tell?

Vectors hardly see what matters most to a customer: "after 14 days" lies beside "after 30
days", "I can" beside "I cannot". So these are compared by themselves, and exactly.
"""

import re

from knowledge.lexemes import fold, lexemes, query_lexemes

_EDGES = "?!.,;:¿¡…\"'“”„«»()[]？！。，、"
_THOUSANDS = re.compile(r"(?<=\d)[.,' \u00a0\u202f](?=\d{3}(?!\d))")
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")
_CODE = re.compile(r"[^\W_]+(?:[-/._:][^\W_]+)*")
NEGATIONS = frozenset(
    # As lexemes without a language: folded, apostrophes gone.
    "not no never none nothing cannot without unable dont doesnt didnt isnt arent wasnt werent hasnt havent "
    "hadnt wont cant couldnt wouldnt shouldnt nicht kein keine keinen keiner keinem nie niemals ohne nichts "
    "nunca sin ningun ninguna nada tampoco pas jamais aucun aucune sans rien non mai senza nessun nessuna "
    "niente nao sem nenhum nenhuma niet geen nooit zonder niets".split()
)


def normalised(question: str) -> str:
    """Return a question's words as they count for an exact match: folded, without marks at their edges."""
    words = (word.strip(_EDGES) for word in fold(question).split())
    return " ".join(word for word in words if word)


def codes_in(text: str) -> frozenset[str]:
    """Return what has a digit in it, numbers and part numbers, in whatever way it is written."""
    plain = _DECIMAL.sub(".", _THOUSANDS.sub("", fold(text)))
    found = (code for code in _CODE.findall(plain) if any(map(str.isdigit, code)))
    return frozenset(re.sub(r"[-/_]", "", code) for code in found)


def negates(text: str) -> bool:
    """Say whether a text denies something."""
    return not NEGATIONS.isdisjoint(lexemes(text, ""))


def agree(one: str, other: str) -> bool:
    """Say whether two texts hold the same numbers and codes, and both deny or neither does."""
    return codes_in(one) == codes_in(other) and negates(one) == negates(other)


def overlap(one: str, other: str, language: str) -> float:
    """Return the share of content words that two texts have in common, 0 to 1; numbers are left out."""
    first, second = _content(one, language), _content(other, language)
    return len(first & second) / len(first | second) if first or second else 0.0


def _content(text: str, language: str) -> set[str]:
    return {
        lexeme
        for lexeme in query_lexemes(text, language)
        if lexeme not in NEGATIONS and not any(map(str.isdigit, lexeme))
    }
