"""Remembering: a question that was answered before gets the same answer at once.

Wraps the engine behind its own face. Only whole answers of the model are kept, asked
without history; a follow-up that leans on what was said is never answered from memory.
The memory decides what "asked before" means, and forgets when the knowledge changes.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from chat.answering.answerer import Answerer
from chat.answering.events import AnswerEvent, Turn
from chat.answering.retelling import is_worth_retelling
from chat.answering.rewriting import earlier_questions
from knowledge.language import detect


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a memory knows of a question: its answer, if any, and the state of the knowledge now.

    ``number`` is the memory's own for the answer.
    """

    events: tuple[AnswerEvent, ...]
    knowledge: str
    number: int = 0


class Memory(Protocol):
    """Where answers are kept, under the circumstances of one assistant."""

    async def recall(self, question: str, language: str) -> Recalled:
        """Return the answer that holds still, or none."""
        ...

    async def count(self, number: int) -> None:
        """Count that an answer was given again."""
        ...

    async def remember(
        self, question: str, language: str, knowledge: str, events: Sequence[AnswerEvent]
    ) -> None:
        """Keep an answer built from a state of the knowledge."""
        ...


class RememberingAnswerer:
    """An engine with a memory before it."""

    def __init__(self, engine: Answerer, memory: Memory) -> None:
        self._engine = engine
        self._memory = memory

    async def answer(
        self, question: str, history: Sequence[Turn] = (), language: str = ""
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Yield the answer that is remembered, or have one made and remember it."""
        told = detect(question, default=language or "en")
        stands_alone = not earlier_questions(history)
        recalled = await self._memory.recall(question, told) if stands_alone else Recalled((), "")
        if recalled.events:
            for event in recalled.events:
                yield event
            await self._memory.count(recalled.number)
            return
        made: list[AnswerEvent] = []
        async with aclosing(self._engine.answer(question, history, language)) as events:
            async for event in events:
                made.append(event)
                yield event
        if not history and recalled.knowledge and is_worth_retelling(made):
            await self._memory.remember(question, told, recalled.knowledge, made)
