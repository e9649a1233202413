"""Rewriting: from a follow-up to a question that stands alone.

Without a model the rule is modest: a short question that leans on what was said ("and
for the big one?") is searched together with the question before it.
"""

from collections.abc import Sequence

from chat.answering.events import Turn

SHORT = 9  # words; longer questions were seen to name their own subject
LEANING = frozenset(
    "it its they them that this these those one ones he she and or so also then there same what about how "
    "else er sie es das dies diese dieser und oder dann auch dort damit davon dafür was "
    "él ella eso esto esa ese y o también entonces lo la los las ahí qué".split()
)


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """Return the question to search for: itself, or together with the one before when it leans on it."""
    words = [word.strip(".,;:!?¿¡\"'").casefold() for word in question.split()]
    leans = len(words) <= SHORT and bool(LEANING.intersection(words))
    if not history or not (leans or len(words) <= 3):
        return question
    return f"{history[-1].question} {question}"
