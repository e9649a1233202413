"""Condensing: a follow-up made to stand alone by the model, which knows what "it" is.

The reply is only a question to search with, and it is not trusted further than that: one
short line that shares a word with what was said, or the rule-based rewriting goes on.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

from chat.answering.events import Turn
from chat.answering.prompting import LAST_TURNS, MOST_OF_A_TURN, stand_alone_messages
from chat.answering.wording import LanguageModel
from chat.errors import ModelFailed
from knowledge.language import detect
from knowledge.lexemes import query_lexemes

CONDENSE_SECONDS = 3.0  # with MODEL_TOTAL_SECONDS it fits into the customer's fifteen
MOST_CHARACTERS = 300
QUOTES = "\"'“”„«»`*"


async def condensed(
    model: LanguageModel, question: str, history: Sequence[Turn], seconds: float = CONDENSE_SECONDS
) -> str:
    """Return the question as it can be understood without the turns before it, within some seconds.

    Raises:
        ModelFailed: The model failed, took too long, or wrote something else than such a question.
    """
    if not history:
        return question
    pieces = cast("AsyncGenerator[str, None]", model.stream(stand_alone_messages(question, history)))
    text = ""
    try:
        async with asyncio.timeout(seconds), aclosing(pieces) as stream:
            async for piece in stream:
                text += piece
                if "\n" in text.strip() or len(text) > MOST_CHARACTERS:
                    break
    except TimeoutError as error:
        raise ModelFailed("The model took too long to make the question stand alone.") from error
    return _checked(text, question, history)


def _checked(text: str, question: str, history: Sequence[Turn]) -> str:
    line = text.strip()
    if not line or "\n" in line or len(line) > MOST_CHARACTERS:
        raise ModelFailed("The model did not write one short question.")
    line = line.strip(QUOTES).strip()
    language = detect(question)
    told = (
        f"{turn.question[:MOST_OF_A_TURN]} {turn.reply[:MOST_OF_A_TURN]}" for turn in history[-LAST_TURNS:]
    )
    said = " ".join([question, *told])
    if not set(query_lexemes(line, language)) & set(query_lexemes(said, language)):
        raise ModelFailed("The model wrote a question about something else.")
    return line
