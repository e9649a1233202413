"""Packing: as many passages as fit into the model's share of tokens, the best first.

Tokens are estimated, because each model counts differently: 3.5 characters each, one for
each Chinese, Japanese or Korean character, and a few for the fence of a passage.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.passages import Passage
from knowledge.sentences import sentences

CHARACTERS_A_TOKEN = 3.5
FENCE_TOKENS = 25  # number, title and place of a passage
LEAST_TOKENS = 60  # of a passage that is cut: less is rarely a thought
WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Packed:
    """A passage as the model gets it: its number is its rank, ``text`` may be its beginning only."""

    number: int
    passage: Passage
    text: str


def tokens_in(text: str) -> int:
    """Return an estimate of the tokens of a text."""
    wide = len(WIDE.findall(text))
    return wide + round((len(text) - wide) / CHARACTERS_A_TOKEN)


def packed(passages: Sequence[Passage], tokens: int) -> list[Packed]:
    """Choose what the model gets of passages (best first), in the order in which it reads them.

    The best that fit come whole; the first one that does not is cut at the end of a sentence.
    Passages of one version stand together in reading order, the version of the best one first.
    """
    chosen: list[Packed] = []
    for number, passage in enumerate(passages, start=1):
        left = tokens - FENCE_TOKENS
        text = passage.text if tokens_in(passage.text) <= left else _beginning(passage, left)
        if text:
            chosen.append(Packed(number, passage, text))
            tokens = left - tokens_in(text)
        if text != passage.text:
            break
    first_of = {one.passage.version_id: one.number for one in reversed(chosen)}
    return sorted(chosen, key=lambda one: (first_of[one.passage.version_id], one.passage.start))


def _beginning(passage: Passage, tokens: int) -> str:
    """Return the whole sentences (lines of a table or list) a passage begins with, as far as they fit."""
    if tokens < LEAST_TOKENS:
        return ""
    ends = [end for _, end in sentences(passage.text, passage.language)]
    fitting = [end for end in ends if tokens_in(passage.text[:end]) <= tokens]
    if fitting:
        return passage.text[: fitting[-1]]
    return passage.text[: int(tokens * CHARACTERS_A_TOKEN)] if not WIDE.search(passage.text) else ""
