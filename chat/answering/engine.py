"""The answer engine: from a question to a stream of typed events.

The socket's runner, the terminal, the API and the evaluation all consume this one
stream. The engine knows no database: search and the model come in through ports.
"""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from chat.answering.citing import Citer
from chat.answering.curated import verbatim
from chat.answering.deciding import Calibration, Kind, decide
from chat.answering.events import AnswerEvent, Curated, Finished, Found, Text, Turn
from chat.answering.phrases import phrase
from chat.answering.quoting import quote
from chat.answering.rewriting import stand_alone
from chat.answering.style import Style
from chat.answering.wording import LanguageModel, Task, worded
from chat.errors import ModelFailed
from knowledge.language import detect
from knowledge.passages import Passage

log = logging.getLogger(__name__)
Search = Callable[[str], Awaitable[Sequence[Passage]]]
Match = Callable[[str], Awaitable[Curated | None]]


class AnswerEngine:
    """Answers questions from passages, with a model if there is one, by quoting if not."""

    def __init__(
        self,
        search: Search,
        model: LanguageModel | None = None,
        match: Match | None = None,
        style: Style | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        """Take the ports.

        Args:
            search: Gives the passages for a stand-alone question, best first.
            model: Words the answer; None for the quoting answerer.
            match: Gives the curated answer to a question as it was asked; None where there are none.
            style: The assistant's manner; its language is overruled by the question's.
            calibration: From what confidence on to answer; None for what was fitted beforehand.
        """
        self._search = search
        self._model = model
        self._match = match
        self._style = style or Style()
        self._calibration = calibration or Calibration()

    async def answer(
        self, question: str, history: Sequence[Turn] = (), language: str = ""
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Yield the passages, the text as it is supported, and the end.

        A curated answer wins: it is given word for word, and nothing is searched. With nothing
        to go by, the engine declines and does not ask the model at all: no passages, no words.
        """
        curated = await self._match(question) if self._match is not None else None
        if curated is not None:
            for event in verbatim(curated):
                yield event
            return
        async with aclosing(self._searched(question, history, language)) as events:
            async for event in events:
                yield event

    async def _searched(
        self, question: str, history: Sequence[Turn], language: str
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Yield an answer made of passages."""
        language = detect(question, default=language or "en")
        wanted = stand_alone(question, history)
        passages = tuple(await self._search(wanted))
        decision = decide(wanted, passages, self._calibration)
        yield Found(passages, decision.confidence)
        if decision.kind is Kind.DECLINE:
            yield Text(phrase("declined", language))
            yield Finished("declined", "none")
            return
        citer = Citer()
        answerer = "quoting"
        if self._model is not None:
            said = 0
            task = Task(question, passages, history, replace(self._style, language=language))
            try:
                async for event in worded(task, self._model, citer):
                    said += isinstance(event, Text)
                    yield event
                answerer = "model" if said else "fallback"
            except ModelFailed as failure:
                log.warning("falling back to quoting: %s", failure)
                answerer = "fallback"
            if answerer == "model":
                yield Finished("answered", answerer)
                return
            if said:
                yield Text(f"\n\n{phrase('cut_short', language)}\n\n")
        for piece in quote(wanted, passages, citer, language):
            yield piece
        yield Finished("answered", answerer)
