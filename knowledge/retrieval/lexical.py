"""Lexical weights: from a question to weighted lexemes, by BM25.

BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with
the non-negative inverse document frequency ln(1 + (N - n + .5) / (n + .5)).
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.lexemes import query_lexemes
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
    """Weighted lexemes; ``finding`` is the ``tsquery`` of those that are rare enough to find by."""

    weights: Mapping[str, float]
    finding: str

    @property
    def best(self) -> float:
        """Return the score of a chunk that holds every lexeme without end; the unit of lexical scores."""
        return sum(self.weights.values()) * (K1 + 1)


def question_lexemes(question: str, languages: Iterable[str]) -> list[str]:
    """Return the distinct lexemes of a question as each language would stem it."""
    found = (lexeme for language in languages for lexeme in query_lexemes(question, language))
    return list(dict.fromkeys(found))[:MOST_LEXEMES]


def weigh(lexemes: Sequence[str], corpus: Corpus) -> LexicalQuery:
    """Weigh the lexemes that occur in the corpus; an empty query if none does."""
    present = {lexeme: corpus.frequencies[lexeme] for lexeme in lexemes if corpus.frequencies.get(lexeme)}
    weights = {
        lexeme: math.log(1 + (max(corpus.chunks, count) - count + 0.5) / (count + 0.5))
        for lexeme, count in present.items()
    }
    return LexicalQuery(weights, " | ".join(map(quoted, _rare(corpus, present))))


def _rare(corpus: Corpus, present: Iterable[str]) -> Iterator[str]:
    """Yield the rarest lexemes as long as what they find stays worth scoring."""
    total = 0
    for count, lexeme in sorted((corpus.matches[lexeme], lexeme) for lexeme in present):
        total += count
        if total > (MOST_MATCHES if total > count else TOO_COMMON)[corpus.plan]:
            return
        yield lexeme
