"""Asking: the language model as a judge of support, one yes or no for each pair."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import cast

from chat.answering.support.judging import Judge

Stream = Callable[[Sequence[tuple[str, str]]], AsyncIterator[str]]
ENOUGH_TO_READ = 40  # characters of a reply
DOUBT = 0.5  # of a reply that is neither yes nor no


def model_judge(stream: Stream, instructions: str) -> Judge:
    """Return a judge that asks a model; ``stream`` is the method of its port.

    Raises, when asked:
        ModelFailed: The model could not; then nobody knows, and the answer is not the model's any more.
    """

    async def judge(pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [await _asked(stream, instructions, *pair) for pair in pairs]

    return judge


async def _asked(stream: Stream, instructions: str, passage: str, statement: str) -> float:
    fenced = passage.replace("<", "‹")
    question = f"<passage>\n{fenced}\n</passage>\n\nStatement: {' '.join(statement.split())}"
    said = ""
    pieces = cast("AsyncGenerator[str, None]", stream([("system", instructions), ("user", question)]))
    async with aclosing(pieces):
        async for piece in pieces:
            said += piece
            if len(said) > ENOUGH_TO_READ:
                break
    word = said.strip(" \n\"'*.").casefold()
    return 1.0 if word.startswith("yes") else 0.0 if word.startswith("no") else DOUBT
