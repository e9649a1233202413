"""Fakes of the ports: an embedder, a model and a search that do what a test tells them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from chat.errors import ModelFailed
from knowledge.embedding import PROBE, EmbedderUnavailable, Vectors
from knowledge.embedding.scale import PASSAGES
from knowledge.lexemes import lexemes
from knowledge.passages import Passage

# Each group is one axis: words that mean the same, in whatever language.
MEANINGS = (
    "reset zurücksetzen restart",
    "warranty garantie guarantee",
    "filter sieb",
    "shipping versand delivery",
    "battery akku",
    "pump pumpe",
    "salary gehalt",
)
AXES = {word: axis for axis, words in enumerate(MEANINGS) for word in words.split()}
DIMENSIONS = len(MEANINGS) + 1  # the last axis is every text's, so that none has length 0


class AxisEmbedder:
    """Each known word is an axis; what was embedded is kept, and failures can be ordered."""

    name = "axes"
    embedded: list[str] = []
    failures: deque[BaseException | None] = deque()
    meanwhile: Callable[[Sequence[str]], object] | None = None  # what happens while a batch is embedded

    @classmethod
    def forget(cls) -> None:
        """Be as new."""
        cls.name = "axes"
        cls.embedded.clear()
        cls.failures.clear()
        cls.meanwhile = None

    @classmethod
    def fail_after(cls, calls: int, times: int = 1) -> None:
        """Let some calls pass, then fail some."""
        failure = EmbedderUnavailable("The embedder is away.")
        cls.failures.extend([None] * calls + [failure] * times)

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        return _vector(text)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of passages, or fail when told to; what we measure a model by passes."""
        if list(texts) not in ([PROBE], list(PASSAGES)):
            failure = self.failures.popleft() if self.failures else None
            if failure is not None:
                raise failure
            self.embedded.extend(texts)
            if AxisEmbedder.meanwhile is not None:
                AxisEmbedder.meanwhile(texts)
        return np.stack([_vector(text) for text in texts])


class OtherEmbedder(AxisEmbedder):
    """Another model behind the same name: it turns every vector around."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return other vectors than those that are stored."""
        return -super().embed_passages(texts)


def _vector(text: str) -> Vectors:
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    vector[-1] = 0.5
    for word in lexemes(text, ""):
        vector[[AXES[known] for known in AXES if lexemes(known, "") == [word]]] += 1
    unit: Vectors = vector / np.linalg.norm(vector)
    return unit


STALL = object()  # in a script: wait for ever


@dataclass
class ScriptedModel:
    """A model that says the replies it was given, one per question."""

    asked: list[Sequence[tuple[str, str]]] = field(default_factory=list)
    scripts: deque[tuple[object, ...]] = field(default_factory=deque)

    def enqueue(self, *pieces: object) -> None:
        """Add a reply: texts, an exception to raise, an event to wait for, or ``STALL``."""
        self.scripts.append(pieces)

    async def stream(self, messages: Sequence[tuple[str, str]]) -> AsyncIterator[str]:
        """Yield the next reply."""
        self.asked.append(messages)
        for piece in self.scripts.popleft():
            if piece is STALL:
                await asyncio.Event().wait()
            elif isinstance(piece, asyncio.Event):
                await piece.wait()
            elif isinstance(piece, Exception):
                raise piece
            else:
                yield str(piece)


@dataclass
class ScriptedSearch:
    """A search that gives the same passages for every question, and keeps the questions."""

    passages: Sequence[Passage] = ()
    failure: Exception | None = None
    asked: list[str] = field(default_factory=list)
    earlier: list[tuple[str, ...]] = field(default_factory=list)

    async def __call__(self, question: str, earlier: Sequence[str] = ()) -> Sequence[Passage]:
        """Return the passages, or fail."""
        self.asked.append(question)
        self.earlier.append(tuple(earlier))
        if self.failure is not None:
            raise self.failure
        return self.passages


def broken_off() -> ModelFailed:
    """Return what a model raises when its connection breaks."""
    return ModelFailed("The connection broke.")
