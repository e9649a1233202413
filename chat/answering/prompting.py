"""Prompting: from passages and a question to the messages a model gets.

The words are in ``prompts/``, reviewed like code. Passages are data: they stand in
numbered fences whose closing mark they cannot contain, never in the instructions.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from chat.answering.events import Turn
from chat.answering.style import Style
from knowledge.passages import Passage

FOLDER = Path(__file__).parent / "prompts"
MOST_PASSAGES = 4
MOST_CHARACTERS = 900  # of one passage; about 225 tokens
LANGUAGE_NAMES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French", "it": "Italian"}
FENCE = re.compile(r"</?\s*source", re.IGNORECASE)


@cache
def _template(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def messages(
    question: str, passages: Sequence[Passage], history: Sequence[Turn], style: Style
) -> list[tuple[str, str]]:
    """Return (role, text) pairs: the instructions, the last turn if any, the sources with the question."""
    sources = "\n".join(fenced(number, passage) for number, passage in enumerate(passages, start=1))
    name = LANGUAGE_NAMES.get(style.language, f"the language with the ISO code {style.language}")
    told = [("system", _template("answer").format(language=name))]
    for turn in history[-1:]:
        told += [("user", turn.question[:500]), ("assistant", turn.reply[:500])]
    return [*told, ("user", _template("question").format(sources=sources, question=question))]


def fenced(number: int, passage: Passage) -> str:
    """Return a passage as a numbered source that cannot close its own fence."""
    text = FENCE.sub("‹source", passage.text[:MOST_CHARACTERS])
    place = FENCE.sub("‹source", passage.place).replace('"', "'")
    return f'<source number="{number}" from="{place}">\n{text}\n</source>'
