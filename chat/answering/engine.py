"""The answer engine: from a question to a stream of typed events.

The socket's runner, the terminal, the API and the evaluation all consume this one
stream. The engine knows no database: search and the model come in through ports.
"""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Protocol

from chat.answering import prompting
from chat.answering.citing import Citer, mark, marks_in, without_marks
from chat.answering.curated import verbatim
from chat.answering.deciding import is_answerable
from chat.answering.events import AnswerEvent, Cited, Curated, Finished, Found, Text, Turn
from chat.answering.phrases import phrase
from chat.answering.quoting import quote
from chat.answering.rewriting import stand_alone
from chat.answering.sentence_stream import whole_sentences
from chat.answering.support import supporting
from chat.errors import ModelFailed
from knowledge.language import detect
from knowledge.passages import Passage

log = logging.getLogger(__name__)
Search = Callable[[str], Awaitable[Sequence[Passage]]]
Match = Callable[[str], Awaitable[Curated | None]]


class LanguageModel(Protocol):
    """A model that continues a list of (role, text) messages."""

    def stream(self, messages: Sequence[tuple[str, str]]) -> AsyncIterator[str]:
        """Yield the reply piece by piece; raise ``ModelFailed`` when it cannot."""
        ...


class AnswerEngine:
    """Answers questions from passages, with a model if there is one, by quoting if not."""

    def __init__(
        self, search: Search, model: LanguageModel | None = None, match: Match | None = None
    ) -> None:
        """Take the ports.

        Args:
            search: Gives the passages for a stand-alone question, best first.
            model: Words the answer; None for the quoting answerer.
            match: Gives the curated answer to a question as it was asked; None where there are none.
        """
        self._search = search
        self._model = model
        self._match = match

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
        yield Found(passages)
        if not is_answerable(passages):
            yield Text(phrase("declined", language))
            yield Finished("declined", "none")
            return
        citer = Citer()
        answerer = "quoting"
        if self._model is not None:
            said = 0
            try:
                async for event in self._worded(question, passages, history, (citer, language)):
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

    async def _worded(
        self,
        question: str,
        passages: tuple[Passage, ...],
        history: Sequence[Turn],
        task: tuple[Citer, str],
    ) -> AsyncIterator[Cited | Text]:
        """Yield the model's sentences that a passage supports, each with its citation; drop the others."""
        if self._model is None:
            return
        citer, language = task
        given = passages[: prompting.MOST_PASSAGES]
        shown = False
        messages = prompting.messages(question, given, history, language)
        async with aclosing(whole_sentences(self._model.stream(messages), language)) as written:
            async for sentence in written:
                marked = [given[n - 1] for n in marks_in(sentence) if 1 <= n <= len(given)]
                plain = without_marks(sentence)
                says_something = any(map(str.isalnum, plain))
                passage = supporting(plain, marked, given, language) if says_something else None
                if passage is None:
                    log.info("dropped a sentence without support")
                    continue
                citation, is_new = citer.cite(passage)
                if is_new:
                    yield Cited(citation)
                gap = _gap_before(sentence) if shown else ""
                shown = True
                yield Text(f"{gap}{plain.strip()}{mark([citation])}")


def _gap_before(sentence: str) -> str:
    """Return the white space before a sentence as Markdown needs it: paragraph, line or space."""
    gap = sentence[: len(sentence) - len(sentence.lstrip())]
    if "\n" not in gap:
        return " "
    return "\n" if gap.count("\n") == 1 else "\n\n"
