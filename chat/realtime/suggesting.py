"""Suggesting: questions that a customer may ask next, and only those that our documents answer."""

from collections.abc import Collection, Sequence

from chat.answering.deciding import Kind, decide
from chat.learning import calibration_in_force
from chat.models import Assistant
from chat.realtime.engines import looked_up
from knowledge.curated import match
from knowledge.lexemes import fold
from knowledge.passages import Passage
from knowledge.retrieval import Scope

MOST = 3
LONGEST = 90  # characters that fit on a button
QUESTION_MARKS = ("?", "？", "؟")


def follow_ups(asked: str, language: str, passages: Sequence[Passage], cited: Collection[int]) -> list[str]:
    """Return questions that passages answer which were found, but not needed for this answer; best first.

    They are the passages' own words: the question of a Q&A row, or a heading that is one.
    """
    own = fold(asked).strip(" ?？؟")
    offered: dict[str, str] = {}
    for passage in passages:
        question = _question_of(passage)
        key = fold(question).strip(" ?？؟")
        if question and passage.chunk_id not in cited and passage.language == language and key != own:
            offered.setdefault(key, question)
    return list(offered.values())[:MOST]


def _question_of(passage: Passage) -> str:
    for words in (passage.question, *passage.heading_path[-1:]):
        text = " ".join(words.split())
        if text.endswith(QUESTION_MARKS) and len(text) <= LONGEST:
            return text
    return ""


def is_answerable(question: str, assistant: Assistant) -> bool:
    """Say whether an assistant would answer a question from what its documents say now."""
    scope = Scope(collections=tuple(assistant.collections))
    if match(question, scope) is not None:
        return True
    calibration = calibration_in_force()
    passages = looked_up(question, scope, calibration)
    return decide(question, passages, calibration).kind is Kind.ANSWER


def check_suggestions(assistant: Assistant) -> list[str]:
    """Look which suggestions of an assistant find no answer, store and return them."""
    found_wanting = [question for question in assistant.suggestions if not is_answerable(question, assistant)]
    if found_wanting != assistant.unanswerable:
        Assistant.objects.filter(pk=assistant.pk).update(unanswerable=found_wanting)
        assistant.unanswerable = found_wanting
    return found_wanting
