"""Accents: what a question's vector says of its language instead of its matter.

A multilingual model puts the questions of one language aside from those of another, all in about the
same direction: the difference of the means of the same sixteen questions in both (``accents.json``). To be
compared with passages in another language a question is brought part of that way towards theirs. XQuAD over
English documents, 298 questions each, MRR@10 by vectors alone: Chinese .770 to .794, Arabic .746 to .768,
Spanish .925 to .928, German .901 to .903; all of the way costs German .008. Libovický et al. 2020, "On the
Language Neutrality of Pre-trained Multilingual Representations", take the mean away from both sides.

Even so a passage in the question's own language about something else is nearer than one in another that
answers it. What unrelated pairs lack across two languages is measured on the same questions, and lifts
the cosine. Where the answer stands in English among passages about other matters in the question's language,
MRR@10 of 300 questions of XQuAD went from .56 to .82 in German, .57 to .83 in Spanish, .13 to .52 in Arabic
and .05 to .37 in Chinese (bench/languages.py).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embedding import Vectors, unit

QUESTIONS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "accents.json").read_text(encoding="utf-8")
)
SHARE = 0.4  # of the way
LIFTED = (
    0.7  # share of that: with all of it a translation comes before the passage in the customer's own language
)


@dataclass(frozen=True, slots=True, eq=False)
class Tongue:
    """How a question is compared with passages in another language.

    ``vector`` of unit length is the question's, nearer to theirs; ``lift`` is added to the cosine.
    """

    language: str
    vector: Vectors
    lift: float


def tongues(vector: Vectors, embedder: Any, spoken: str, written: Sequence[str]) -> list[Tongue]:
    """Return for each language of documents but the question's own how it is compared with passages in it.

    A language that we know no questions in is left out: its passages are compared as they are.

    Raises:
        EmbedderUnavailable: The embedder did not answer.
    """
    if spoken not in QUESTIONS:
        return []
    return [
        Tongue(language, _moved(vector, embedder, spoken, language), _lift(embedder, spoken, language))
        for language in written
        if language != spoken and language in QUESTIONS
    ]


def _moved(vectors: Vectors, embedder: Any, spoken: str, language: str) -> Vectors:
    return unit(vectors + SHARE * (_mean(embedder, language) - _mean(embedder, spoken)))


@lru_cache(maxsize=256)
def _lift(embedder: Any, spoken: str, language: str) -> float:
    """Return what unrelated pairs have less of cosine across two languages than within the first."""
    asked = _questions(embedder, spoken)
    own = asked @ _passages(embedder, spoken).T
    across = _moved(asked, embedder, spoken, language) @ _passages(embedder, language).T
    others = ~np.eye(len(asked), dtype=bool)  # a question and its translation are related
    return LIFTED * float(own[others].mean() - across[others].mean())


@lru_cache(maxsize=64)
def _mean(embedder: Any, language: str) -> Vectors:
    mean: Vectors = np.mean(_questions(embedder, language), axis=0)
    return mean


@lru_cache(maxsize=64)  # a quarter of a second for each language, once in a process
def _questions(embedder: Any, language: str) -> Vectors:
    made: Vectors = np.array([embedder.embed_query(question) for question in QUESTIONS[language]])
    return made


@lru_cache(maxsize=64)
def _passages(embedder: Any, language: str) -> Vectors:
    made: Vectors = np.array(embedder.embed_passages(QUESTIONS[language]))
    return made
