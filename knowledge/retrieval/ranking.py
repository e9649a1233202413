"""Ranking: from what speaks for each candidate to how likely it is the one that answers.

Scores are added, not ranks: rank fusion drags the better side down to the worse one. And they
are absolute, not stretched over the candidates at hand: among few chunks that a word singles out
by chance, or cosines that hardly differ, nothing is made to look like evidence. The weights
(``weights.json``) are log-odds learned on the development sets by ``bench/ranking.py``: the likelihood of
the relevant passages under a softmax over the candidates (ListNet, Cao et al., ICML 2007). Two are set by
hand: a code outweighs the whole spread of cosines (for "AG-4431N" they are noise, and other languages lie
twenty log-odds off), a pin decides among equals.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WEIGHTS: dict[str, float] = {
    name: weight
    for name, weight in json.loads((Path(__file__).parent / "weights.json").read_text("utf-8")).items()
    if not isinstance(weight, str)
}


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a candidate.

    ``dense``: how far its cosine lies between that of unrelated texts (0) and of the same (1).
    ``words``: its BM25 score, in the units of ``lexical.weigh``. ``code``: how much a part number
    or an error code of the question singles it out, 0 to 1. ``pinned``: staff put it first
    among equals.
    """

    dense: float
    words: float
    pinned: bool = False
    code: float = 0.0

    @property
    def log_odds(self) -> float:
        """Return the sum of what speaks for it."""
        learned = WEIGHTS["dense"] * self.dense + WEIGHTS["words"] * self.words
        return learned + WEIGHTS["code"] * self.code + WEIGHTS["pinned"] * self.pinned


def likelihoods(candidates: Sequence[Features]) -> list[float]:
    """Return for each candidate the probability, among all of them, that it is the one; they add up to 1."""
    odds = [candidate.log_odds for candidate in candidates]
    highest = max(odds, default=0.0)
    shares = [math.exp(value - highest) for value in odds]
    total = sum(shares)
    return [share / total for share in shares]


def nearness(cosine: float, unrelated: float) -> float:
    """Return where a cosine lies between that of unrelated texts (0) and that of the same text (1).

    Models differ: unrelated texts have a cosine of about .78 in multilingual E5, of about .1 in others.
    """
    return (cosine - unrelated) / max(1 - unrelated, 1e-6)
