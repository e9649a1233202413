"""Saying: the words of what was said, and which of the phrases of ``talk.json`` stand in them."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from knowledge.lexemes import fold

Phrases = Collection[tuple[str, ...]]

PHRASES = Path(__file__).parent / "talk.json"
LONGEST_PHRASE = 5  # words
COMMA = ","  # stands in a sentence for whatever parts its clauses
# Vowel signs of Hindi and Thai are no letters to "re", but part of a word.
_WORD = re.compile(r"[\w\u0900-\u0963\u0966-\u097f\u0e31-\u0e4e]+|[\U0001f300-\U0001faff❤☺]")
_WORD_OR_COMMA = re.compile(rf"{_WORD.pattern}|[,;:،、()–—]")
# A full stop within "3.5" or "example.com" ends nothing.
_SENTENCE = re.compile(r"(?P<said>(?:[^.!?؟。\n]|[.!?](?![\s.!?]|$))+)(?P<marks>[.!?؟。]*)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence, with ``COMMA`` between its clauses, and whether it ends like a question."""

    words: tuple[str, ...]
    is_asked: bool

    @property
    def clauses(self) -> list[tuple[int, tuple[str, ...]]]:
        """Return where each clause ends, and its words."""
        commas = [place for place, word in enumerate(self.words) if word == COMMA]
        spans = pairwise([-1, *commas, len(self.words)])
        return [(end, self.words[comma + 1 : end]) for comma, end in spans]


@cache
def phrases(kind: str) -> frozenset[tuple[str, ...]]:
    """Return the phrases of a kind, in words."""
    written: dict[str, list[str]] = json.loads(PHRASES.read_text(encoding="utf-8"))
    return frozenset(words_of(phrase) for phrase in written[kind])


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded, without what is between them."""
    return tuple(_WORD.findall(_folded(text)))


def sentences_of(text: str) -> list[Sentence]:
    """Return the sentences of a text."""
    return [
        Sentence(words, is_asked="?" in found["marks"] or "؟" in found["marks"])
        for found in _SENTENCE.finditer(_folded(text))
        if (words := tuple(_words_and_commas(found["said"])))
    ]


def _words_and_commas(sentence: str) -> Iterator[str]:
    for word in _WORD_OR_COMMA.findall(sentence):
        yield word if _WORD.fullmatch(word) else COMMA


def _folded(text: str) -> str:
    """Fold a text; "don't" is one word, however it is typed."""
    return fold(text.replace("'", "").replace("’", ""))


def places(words: Sequence[str], wanted: Phrases) -> list[tuple[int, int]]:
    """Return the (first word, length) of every phrase in the words."""
    return [
        (start, length)
        for start in range(len(words))
        for length in range(1, LONGEST_PHRASE + 1)
        if tuple(words[start : start + length]) in wanted and start + length <= len(words)
    ]


def holds(words: Sequence[str], wanted: Phrases) -> bool:
    """Say whether one of the phrases stands in the words."""
    return bool(places(words, wanted))


def covered(words: Sequence[str], wanted: Phrases) -> bool:
    """Say whether the words are nothing but phrases, one after the other."""
    reached = {0}
    for start, length in sorted(places(words, wanted)):
        if start in reached:
            reached.add(start + length)
    return len(words) in reached
