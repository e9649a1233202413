"""Lexical weights: from a question to weighted lexemes, by BM25.

BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with
the non-negative inverse document frequency ln(1 + (N - n + .5) / (n + .5)), less what any word
would get: in a small corpus every other word looks rare.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from knowledge.lexemes import SHORTEST_CODE, query_terms
from knowledge.lexical_index import quoted
from knowledge.retrieval.planning import SHORT, Plan, Walk

K1 = 1.2
B = 0.75
# Chunks that words may find per question; commoner words only rank. By an index each match is a row to
# fetch and to judge, in a scan it is at hand.
MOST_MATCHES = {Plan.SCAN: 3000, Plan.INDEX: 800}
# A question whose rarest word is found more often than this goes by meaning alone.
TOO_COMMON = {Plan.SCAN: 12_000, Plan.INDEX: 1600}
MOST_LEXEMES = 48
# A word that a fifth of the chunks hold tells nothing (e^1.5 is 4.5). Without this, 73 chunks of everyday
# words gave .80 nDCG@10 where .82 was to be had (docs/evaluation.md). Part numbers are rare anywhere.
COMMON = 1.5
LEAST = 0.1  # of its weight stays to a common word, so that two of them still beat one
PROBABLY = 0.5  # of its weight gets a word that a misspelt one may stand for
SURELY = 0.8  # of what a code singles out, when it is one edit off the only one there is
TELLING = 3.0  # rarity from which on a code singles out: one chunk in twenty


@dataclass(frozen=True, slots=True)
class Corpus:
    """The figures BM25 needs: live chunks, their mean length, and chunks per lexeme.

    ``matches`` is how many chunks a lexeme finds before the scope is looked at: on an index
    over everything more than the scope's own ``frequencies``. ``plan`` and ``walk`` say how to find.
    """

    chunks: int
    mean_length: float
    frequencies: Mapping[str, int]
    matches: Mapping[str, int]
    plan: Plan = Plan.SCAN
    walk: Walk = SHORT


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """Weighted lexemes; ``finding`` is the ``tsquery`` of those that are rare enough to find by.

    ``missing`` is the weight of the question's lexemes that no chunk holds. ``codes`` says of whole part
    numbers and error codes how much they single out, 0 to 1.
    """

    weights: Mapping[str, float]
    finding: str
    missing: float = 0.0
    codes: Mapping[str, float] = field(default_factory=dict)

    @property
    def best(self) -> float:
        """Return the score of a chunk that holds every lexeme of the corpus without end."""
        return self.weight * (K1 + 1)

    @property
    def weight(self) -> float:
        """Return the weight of all lexemes that the corpus holds."""
        return sum(self.weights.values())


def question_words(question: str, languages: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the distinct words of a question, each as the lexemes that the languages make of it.

    The first language is the question's own; its small words tell nothing in any of them.
    """
    stemmed: dict[tuple[str, int], dict[str, None]] = {}
    for language in languages:
        for word, found in query_terms(question, language, languages[0]):
            for place, lexeme in enumerate(found):
                stemmed.setdefault((word, place), {})[lexeme] = None
    return list(dict.fromkeys(map(tuple, stemmed.values())))


def weigh(
    lexemes: Mapping[str, float],
    corpus: Corpus,
    meant: Mapping[str, Sequence[str]] = MappingProxyType({}),
    codes: Collection[str] = (),
    words: Collection[Sequence[str]] = (),
) -> LexicalQuery:
    """Weigh the lexemes that occur in the corpus; an empty query if none does.

    Args:
        lexemes: Of the question, with the share of its weight that each keeps.
        corpus: Where they are looked for; its figures hold the words of ``meant`` too.
        meant: For misspelt lexemes, those that may have been meant.
        codes: Those of the lexemes that are whole part numbers or error codes, in any spelling.
        words: Lexemes that are one word, as several languages stem it: it is missing if none is there.
    """
    weights: dict[str, float] = {}
    singled: dict[str, float] = {}
    unmet = dict(lexemes)
    for lexeme, share in lexemes.items():
        found = (
            [lexeme]
            if corpus.frequencies.get(lexeme)
            else [word for word in meant.get(lexeme, ()) if corpus.frequencies.get(word)]
        )
        likely = share if lexeme in found else share * PROBABLY
        for word in found:
            weight = likely * _weight(word, corpus.frequencies[word], corpus.chunks)
            weights[word] = max(weights.get(word, 0.0), weight)
            if lexeme in codes:
                rarity = min(_rarity(corpus.frequencies[word], corpus.chunks) / TELLING, 1.0)
                singled[word] = max(singled.get(word, 0.0), rarity * (1.0 if word == lexeme else SURELY))
        if found:
            del unmet[lexeme]
    missing = sum(share * _weight(lexeme, 0, corpus.chunks) for lexeme, share in _missing(unmet, words))
    return LexicalQuery(weights, " | ".join(map(quoted, _rare(corpus, weights))), missing, singled)


def _missing(unmet: Mapping[str, float], words: Collection[Sequence[str]]) -> Iterator[tuple[str, float]]:
    """Yield the unmet lexemes that stand for a word of which nothing is there, one for each."""
    known = [word for word in words if any(lexeme not in unmet for lexeme in word)]
    later = {lexeme for word in words for lexeme in word[1:]}
    spoken_for = later.union(*known)
    yield from ((lexeme, share) for lexeme, share in unmet.items() if lexeme not in spoken_for)


def is_code(lexeme: str) -> bool:
    """Say whether a lexeme is a part number, an error code or the like: a digit, and no short number."""
    is_long = len(lexeme) >= SHORTEST_CODE or lexeme[:1].isalpha()
    return is_long and any(map(str.isdigit, lexeme))


def _weight(lexeme: str, count: int, chunks: int) -> float:
    rarity = _rarity(count, chunks)
    return rarity if is_code(lexeme) else max(rarity - COMMON, LEAST * rarity)


def _rarity(count: int, chunks: int) -> float:
    return math.log(1 + (max(chunks, count) - count + 0.5) / (count + 0.5))


def _rare(corpus: Corpus, present: Iterable[str]) -> Iterator[str]:
    """Yield the rarest lexemes as long as what they find stays worth scoring."""
    total = 0
    for count, lexeme in sorted((corpus.matches[lexeme], lexeme) for lexeme in present):
        total += count
        if total > (MOST_MATCHES if total > count else TOO_COMMON)[corpus.plan]:
            return
        yield lexeme
