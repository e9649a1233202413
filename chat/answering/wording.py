"""Wording: a model's answer, sentence by sentence, each checked and cited before it is shown."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from chat.answering import prompting
from chat.answering.citing import Citer, mark, marks_in, without_marks
from chat.answering.events import CitationDraft, Cited, Text, Turn
from chat.answering.leading import leads_in
from chat.answering.sentence_stream import whole_sentences
from chat.answering.style import Style
from chat.answering.support import Borne, Support
from chat.answering.support.claims import plain
from chat.errors import ModelFailed, NotInPassages
from knowledge.passages import Passage

log = logging.getLogger(__name__)
NOT_FOUND = "not found"  # what the instructions want to hear when the sources do not hold the answer
MOST_DROPPED = 2  # sentences that fall for each one that stands, or the answer is not one


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


async def worded(
    task: Task, model: LanguageModel, citer: Citer, support: Support | None = None
) -> AsyncIterator[Cited | Text]:
    """Yield the model's sentences that passages support, each with its citations; drop the others.

    A line that only leads to what follows ("Here is how:", the header of a table) waits until
    something follows. All other words without a claim are dropped: nobody could check them.

    Raises:
        ModelFailed: The model could not, at once or in the middle, or most of what it said fell.
        NotInPassages: The first that it says is that the passages do not hold the answer.
    """
    checking = support or Support()
    given = task.passages[: prompting.MOST_PASSAGES]
    language = task.style.language
    leading: list[str] = []
    shown = dropped = 0
    messages = prompting.messages(task.question, given, task.history, task.style)
    async with aclosing(whole_sentences(model.stream(messages), language)) as written:
        async for sentence in written:
            text = without_marks(sentence)
            if not shown and plain(text) == NOT_FOUND:
                raise NotInPassages("The model did not find the answer in the passages.")
            if leads_in(text, leading, task.question, given):
                leading.append(text)
                continue
            marked = [given[number - 1] for number in marks_in(sentence) if 1 <= number <= len(given)]
            borne = await checking.supporting(text, marked, given, language) if says_something(text) else None
            if borne is None:
                dropped += says_something(text)
                log.info("dropped a sentence without support")
                continue
            citations, new = _cited(borne, citer)
            for citation in new:
                yield Cited(citation)
            yield Text(_joined([*leading, with_marks(text, citations)], is_first=not shown))
            shown += 1
            leading.clear()
    if shown and dropped > MOST_DROPPED * shown:
        raise ModelFailed("Most of what the model said is not borne out by its passages.")


def says_something(text: str) -> bool:
    """Say whether a text has a letter or a digit."""
    return any(map(str.isalnum, text))


def with_marks(text: str, citations: Sequence[CitationDraft]) -> str:
    """Return a sentence with its marks behind it, or in the last cell if it is a row of a table."""
    bare = text.rstrip()
    if bare.lstrip().startswith("|") and bare.endswith("|"):
        return f"{bare[:-1].rstrip()}{mark(citations)} |"
    return f"{bare}{mark(citations)}"


def _cited(borne: Borne, citer: Citer) -> tuple[list[CitationDraft], list[CitationDraft]]:
    """Return the citations of what bears a sentence out, and those that are new."""
    given = [citer.cite(*part) for part in borne.parts]
    return [citation for citation, _ in given], [citation for citation, is_new in given if is_new]


def _joined(texts: Sequence[str], is_first: bool) -> str:
    gaps = [_gap_before(text) for text in texts]
    if is_first:
        gaps[0] = ""
    return "".join(f"{gap}{text.strip()}" for gap, text in zip(gaps, texts, strict=True))


def _gap_before(sentence: str) -> str:
    """Return the white space before a sentence as Markdown needs it: paragraph, line or space."""
    gap = sentence[: len(sentence) - len(sentence.lstrip())]
    if "\n" not in gap:
        return " "
    return "\n" if gap.count("\n") == 1 else "\n\n"
