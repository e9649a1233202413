"""The answer engine: from a question to a stream of typed events.

The socket's runner, the terminal, the API and the evaluation all consume this one
stream. The engine knows no database: search and the model come in through ports.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from chat.answering.citing import Citer
from chat.answering.condensing import condensed
from chat.answering.curated import verbatim
from chat.answering.deciding import Calibration, Decision, Kind, decide
from chat.answering.events import AnswerEvent, Curated, Finished, Found, Text, Turn
from chat.answering.looking import Look, left_open, quoted, together
from chat.answering.phrases import phrase
from chat.answering.quoting import Near, texts_to_compare
from chat.answering.rewriting import earlier_questions, with_what_it_leans_on
from chat.answering.style import Style
from chat.answering.subquestions import Subquestion, subquestions
from chat.answering.support import Support
from chat.answering.talk import Talk, recognise
from chat.answering.wording import LanguageModel, Task, worded
from chat.errors import ModelFailed, NotInPassages
from knowledge.errors import KnowledgeError
from knowledge.language import detect
from knowledge.passages import Passage

log = logging.getLogger(__name__)
# The passages for a question and the questions before it that it may lean on, best first.
Search = Callable[[str, Sequence[str]], Awaitable[Sequence[Passage]]]
Match = Callable[[str], Awaitable[Curated | None]]


@dataclass(frozen=True, slots=True)
class Conduct:
    """How an engine behaves: its manner, when it answers, and how it checks what a model says.

    The style's language is overruled by that of each question. ``near`` compares a question with texts in
    another language; without it their words are.
    """

    style: Style = field(default_factory=Style)
    calibration: Calibration = field(default_factory=Calibration)
    support: Support = field(default_factory=Support)
    near: Near | None = None


class AnswerEngine:
    """Answers questions from passages, with a model if there is one, by quoting if not."""

    def __init__(
        self,
        search: Search,
        model: LanguageModel | None = None,
        match: Match | None = None,
        conduct: Conduct | None = None,
    ) -> None:
        """Take the ports.

        Args:
            search: Gives the passages for a question, best first.
            model: Words the answer; None for the quoting answerer.
            match: Gives the curated answer to a question as it was asked; None where there are none.
            conduct: How it behaves; None for as it was fitted beforehand.
        """
        self._search = search
        self._model = model
        self._match = match
        self._conduct = conduct or Conduct()

    async def answer(
        self, question: str, history: Sequence[Turn] = (), language: str = ""
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Yield the passages, the text as it is supported, and the end.

        A curated answer wins: it is given word for word, and nothing is searched. Nor is
        anything for a greeting or the wish for a person. With nothing to go by, the
        engine declines and does not ask the model at all: no passages, no words.
        """
        curated = await self._match(question) if self._match is not None else None
        if curated is not None:
            for event in verbatim(curated):
                yield event
            return
        spoken = detect(question, default=language or "en")
        talk = recognise(question)
        if talk is not None:
            for event in _courteous(talk, language or spoken, self._conduct.style.has_people):
                yield event
            return
        async with aclosing(self._searched(question, history, spoken)) as events:
            async for event in events:
                yield event

    async def _searched(
        self, question: str, history: Sequence[Turn], language: str
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Yield an answer made of passages, or say why there is none."""
        wanted, earlier = await self._stand_alone(question, history)
        looks = await self._looks(subquestions(wanted, language), earlier, language)
        decision = max((look.decision for look in looks), key=lambda one: one.confidence)
        yield Found(together(looks), decision.confidence)
        held = [look for look in looks if look.holds]
        is_open = decision.kind is Kind.CLARIFY and len(looks) == 1 and not earlier
        if not held or is_open:
            for event in _unanswered(decision, language):
                yield event
            return
        style = replace(self._conduct.style, language=language)
        task = Task(question, together(held), history, style)
        try:
            async with aclosing(self._answered(task, held)) as answer:
                async for event in answer:
                    if isinstance(event, Finished):
                        for piece in left_open(looks, language):
                            yield piece
                    yield event
        except NotInPassages:
            for event in _unanswered(replace(decision, kind=Kind.DECLINE), language):
                yield event

    async def _looks(
        self, questions: Sequence[Subquestion], earlier: Sequence[str], language: str
    ) -> list[Look]:
        """Return what is found for each question of a message; one may lean on those before it."""
        before = [
            (*earlier, *(other.text for other in questions[:number] if one.leans))
            for number, one in enumerate(questions)
        ]
        looks = (self._look(one, led, language) for one, led in zip(questions, before, strict=True))
        if self._match is None or len(questions) == 1:
            return await asyncio.gather(*looks)
        approved = [await self._match(one.asked) for one in questions]
        return [
            look if curated is None else replace(look, curated=curated)
            for look, curated in zip(await asyncio.gather(*looks), approved, strict=True)
        ]

    async def _look(self, question: Subquestion, earlier: Sequence[str], language: str) -> Look:
        """Return what is found for one question."""
        passages = tuple(await self._search(question.text, earlier))
        decision = decide(question.text, passages, self._conduct.calibration)
        return Look(question, with_what_it_leans_on(question.text, earlier, language), passages, decision)

    async def _stand_alone(self, question: str, history: Sequence[Turn]) -> tuple[str, Sequence[str]]:
        """Return what to search for, and what it leans on: nothing once a model has reworded it."""
        earlier = earlier_questions(history)
        if self._model is not None and earlier:
            try:
                return await condensed(self._model, question, history), ()
            except ModelFailed as failure:
                log.info("searching with the questions before it: %s", failure)
        return question, earlier

    async def _answered(self, task: Task, looks: Sequence[Look]) -> AsyncGenerator[AnswerEvent, None]:
        """Yield the model's words as far as they are borne out, or quotes where there are none.

        Raises:
            NotInPassages: The model did not find the answer, and we were not sure of it either; or the
                passages have nothing to show but their headings.
        """
        citer = Citer()
        said = 0
        curated = next((look.curated for look in looks if look.curated is not None), None)
        model = self._model if curated is None else None  # staff's words are not mixed with a model's
        if model is not None:
            try:
                async for event in worded(task, model, citer, self._conduct.support):
                    said += isinstance(event, Text)
                    yield event
                if said:
                    yield Finished("answered", "model")
                    return
            except NotInPassages:
                if not any(look.is_sure for look in looks):
                    raise
            except (ModelFailed, KnowledgeError) as failure:  # what it said could not be had, or not checked
                log.warning("falling back to quoting: %s", failure)
        for piece in await self._quoted(looks, citer, task.style.language, goes_on=said > 0):
            yield piece
        yield Finished("answered", "quoting" if model is None else "fallback", curated)

    async def _quoted(
        self, looks: Sequence[Look], citer: Citer, language: str, *, goes_on: bool
    ) -> Sequence[AnswerEvent]:
        """Return the passages' own words.

        Raises:
            NotInPassages: They have none to show but their headings, and nothing was said before.
        """
        nearness = [await self._nearness(look, language) for look in looks]
        pieces = list(quoted(looks, citer, language, nearness, goes_on=goes_on))
        if not pieces and not goes_on:
            raise NotInPassages("The passages have nothing to quote.")
        return pieces

    async def _nearness(self, look: Look, language: str) -> Mapping[str, float]:
        """Return how near the parts of passages in another language are to a question."""
        texts = {} if look.curated is not None else texts_to_compare(look.passages, language)
        if self._conduct.near is None or not texts:
            return {}
        try:
            near = await self._conduct.near(look.sought, list(texts.values()))
            return dict(zip(texts, near, strict=True))
        except KnowledgeError as error:
            log.warning("comparing words of two languages: %s", error)
            return {}


def _courteous(talk: Talk, language: str, has_people: bool) -> Iterator[AnswerEvent]:
    """Yield the reply to what asks nothing of our documents; nobody is promised who will not come."""
    yield Found(())
    is_in_vain = talk is Talk.HANDOFF and not has_people
    yield Text(phrase("no_person" if is_in_vain else talk.value, language))
    yield Finished("handoff" if talk is Talk.HANDOFF else "courtesy", "none")


def _unanswered(decision: Decision, language: str) -> Iterator[AnswerEvent]:
    """Yield why there is no answer: nothing was found, or too many things could be meant."""
    if decision.kind is Kind.DECLINE:
        yield Text(phrase("declined", language))
        yield Finished("declined", "none")
        return
    yield Text("\n".join([phrase("clarify", language), "", *(f"- {one}" for one in decision.readings)]))
    yield Finished("clarified", "none", readings=decision.readings)
