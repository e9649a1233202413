"""Rewriting: from a follow-up and the turns before it to what is searched for.

Without a model nothing is rewritten: search takes the earlier questions along and lets their words and
meaning count less (``knowledge.retrieval.asked``). A model may make the question stand
alone instead; it then needs nothing before it.
"""

from collections.abc import Sequence

from chat.answering.events import Turn
from chat.answering.talk import recognise
from knowledge.leaning import says_little

MOST_EARLIER = 2  # questions


def earlier_questions(history: Sequence[Turn]) -> tuple[str, ...]:
    """Return the last questions that a follow-up may lean on, oldest first; a greeting is none."""
    asked = [turn.question for turn in history if recognise(turn.question) is None]
    return tuple(asked[-MOST_EARLIER:])


def with_what_it_leans_on(question: str, earlier: Sequence[str], language: str) -> str:
    """Return a question to compare sentences with; one that says little by itself follows the one before."""
    return " ".join((*earlier[-1:], question)) if earlier and says_little(question, language) else question
