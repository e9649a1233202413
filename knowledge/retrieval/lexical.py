"""Lexical weights: from a question to weighted lexemes, by BM25.

BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with
the non-negative inverse document frequency ln(1 + (N - n + .5) / (n + .5)).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.lexemes import query_lexemes
from knowledge.lexical_index import quoted

K1 = 1.2
B = 0.75
MOST_MATCHES = 3000  # chunks scored per question; common words beyond that only rank, they do not find
MOST_LEXEMES = 48


@dataclass(frozen=True, slots=True)
class Corpus:
    """The figures BM25 needs: live chunks, their mean length, and chunks per lexeme."""

    chunks: int
    mean_length: float
    frequencies: Mapping[str, int]


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
    finding: list[str] = []
    matches = 0
    for lexeme, count in sorted(present.items(), key=lambda item: (item[1], item[0])):
        matches += count
        if finding and matches > MOST_MATCHES:
            break
        finding.append(quoted(lexeme))
    return LexicalQuery(weights, " | ".join(finding))
