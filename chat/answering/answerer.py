"""The answerer: what gives answers, whether it makes them or remembers them."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from chat.answering.events import AnswerEvent, Turn


class Answerer(Protocol):
    """Anything that turns a question into a stream of events; first of all ``AnswerEngine``."""

    def answer(
        self, question: str, history: Sequence[Turn] = (), language: str = ""
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Yield the passages, the text as it is supported, and the end."""
        ...
