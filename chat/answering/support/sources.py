"""Sources: passages as they bear sentences out, read once however many sentences lean on them."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chat.answering.support.claims import LIGHT, Claim, Word, content, read
from chat.answering.support.weights import LIGHT_WEIGHT, NAME_WEIGHT
from knowledge.lexemes import fold
from knowledge.passages import Passage
from knowledge.sentences import sentences

_ASKING = ("?", "？", "؟")
_WRITTEN = re.compile(r"[^\W\d_]+")
LEAST_STEM = 5  # letters that two words must share to be kin


@dataclass(frozen=True, slots=True)
class Source:
    """A passage's sentences, and what its title, headings and question say of all of them.

    ``asked`` is the part of ``around`` that only asks, ``written`` the words as they are written, folded.
    """

    passage: Passage
    units: tuple[Claim, ...]
    around: frozenset[str]
    asked: frozenset[str]
    folded: str
    written: frozenset[str]


@lru_cache(maxsize=512)  # the passages of some sixty answers in the making; about 20 KB each
def source_of(passage: Passage) -> Source:
    """Return a passage as a source."""
    language = passage.language
    units = tuple(
        read(passage.text[start:end], language, start) for start, end in sentences(passage.text, language)
    )
    named = (passage.title, *passage.heading_path)
    headings = " ".join((*named, passage.question))
    questions = " ".join((*(one for one in named if one.rstrip().endswith(_ASKING)), passage.question))
    around = lexemes_of(content(headings, language))
    asked = lexemes_of(content(questions, language))
    folded = fold(f"{headings} {passage.text}")
    return Source(passage, units, around, asked, folded, frozenset(_WRITTEN.findall(folded)))


def units_of(sources: Sequence[Source]) -> list[Claim]:
    """Return the sentences of all sources."""
    return [unit for source in sources for unit in source.units]


def lexemes_of(words: frozenset[Word]) -> frozenset[str]:
    """Return all lexemes that the words may be met by."""
    return frozenset(lexeme for word in words for lexeme in word)


def weight(word: Word, names: frozenset[str]) -> float:
    """Return how much a word tells: names most, long words more than short ones, light ones little."""
    if not word.isdisjoint(names):
        return NAME_WEIGHT
    if not word.isdisjoint(LIGHT):
        return LIGHT_WEIGHT
    return 1 + min(max(map(len, word)), 12) / 12


def is_met(word: Word, lexemes: frozenset[str]) -> bool:
    """Say whether a word stands among lexemes, itself or one of its kin ("delivery", "delivered")."""
    return not word.isdisjoint(lexemes) or any(_is_kin(mine, other) for mine in word for other in lexemes)


def count_met(words: Collection[Word], lexemes: frozenset[str]) -> int:
    """Return how many words stand among lexemes."""
    return sum(is_met(word, lexemes) for word in words)


def _is_kin(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) < LEAST_STEM or one[0] > "\u2e80":
        return False
    shared = max(LEAST_STEM, round(0.75 * len(long)))
    return short[:shared] == long[:shared] if len(short) >= shared else _is_part(short, long)


def _is_part(short: str, long: str) -> bool:
    """Say whether a word is the head or the tail of a compound ("Garantie" of "Garantiezeit")."""
    return len(short) > LEAST_STEM and (long.startswith(short) or long.endswith(short))


def share(words: Collection[Word], met: Collection[Word], names: frozenset[str]) -> float:
    """Return the weighted share of words that were met; 1 for no words."""
    total = sum(weight(word, names) for word in words)
    return sum(weight(word, names) for word in words if word in met) / total if total else 1.0
