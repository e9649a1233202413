"""Wording: a model's answer, sentence by sentence, each checked and cited before it is shown."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from chat.answering import prompting
from chat.answering.citing import Citer, mark, marks_in, without_marks
from chat.answering.events import Cited, Text, Turn
from chat.answering.sentence_stream import whole_sentences
from chat.answering.style import Style
from chat.answering.support import supporting
from knowledge.passages import Passage

log = logging.getLogger(__name__)


class LanguageModel(Protocol):
    """A model that continues a list of (role, text) messages."""

    def stream(self, messages: Sequence[tuple[str, str]]) -> AsyncIterator[str]:
        """Yield the reply piece by piece; raise ``ModelFailed`` when it cannot."""
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be answered, from what, after what was said, and how."""

    question: str
    passages: tuple[Passage, ...]
    history: Sequence[Turn]
    style: Style


async def worded(task: Task, model: LanguageModel, citer: Citer) -> AsyncIterator[Cited | Text]:
    """Yield the model's sentences that a passage supports, each with its citation; drop the others.

    Raises:
        ModelFailed: The model could not, at once or in the middle.
    """
    given = task.passages[: prompting.MOST_PASSAGES]
    language = task.style.language
    shown = False
    messages = prompting.messages(task.question, given, task.history, task.style)
    async with aclosing(whole_sentences(model.stream(messages), language)) as written:
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
