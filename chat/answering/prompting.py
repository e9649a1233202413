"""Prompting: from passages and a question to the messages a model gets.

The words are in ``prompts/``, reviewed like code. Passages are data: they stand in
numbered fences whose closing mark they cannot contain, never in the instructions.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from chat.answering.events import Turn
from chat.answering.packing import Packed, packed
from chat.answering.style import Style
from knowledge.passages import Passage

FOLDER = Path(__file__).parent / "prompts"
MOST_PASSAGES = 8
MOST_OF_A_TURN = 500  # characters of a question or reply
MOST_OF_A_PERSONA = 300
LAST_TURNS = 3  # for a question that is to be made stand-alone
PERSONA = "a friendly customer-support assistant"
LANGUAGE_NAMES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
FENCE = re.compile(r"</?\s*source", re.IGNORECASE)


@cache
def _template(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8").rstrip("\n")


@cache
def judge_instructions() -> str:
    """Return what a model is told that judges whether a passage bears a statement out."""
    return _template("judge")


def prompt_version() -> str:
    """Return a digest of all prompt files: another one means other answers."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*.md")):
        digest.update(f"{path.relative_to(FOLDER)}\0{path.read_text(encoding='utf-8')}\0".encode())
    return digest.hexdigest()[:16]


def messages(
    question: str, passages: Sequence[Passage], history: Sequence[Turn], style: Style
) -> list[tuple[str, str]]:
    """Return (role, text) pairs: the instructions, the last turn if any, the sources with the question.

    A source's number is its passage's place among ``passages``, from 1; what does not fit is left out.
    """
    given = packed(passages, style.context_tokens)
    sources = "\n".join(fenced(source) for source in given)
    told = [("system", _instructions(given, style))]
    for turn in history[-1:]:
        told += [("user", turn.question[:MOST_OF_A_TURN]), ("assistant", turn.reply[:MOST_OF_A_TURN])]
    return [*told, ("user", _template("question").format(sources=sources, question=question))]


def _instructions(given: Sequence[Packed], style: Style) -> str:
    language = LANGUAGE_NAMES.get(style.language, f"the language with the ISO code {style.language}")
    is_foreign = any(source.passage.language != style.language for source in given)
    return _template("answer").format(
        persona=" ".join(style.persona[:MOST_OF_A_PERSONA].split()).rstrip(".") or PERSONA,
        language=language,
        tone=_template(f"tone/{style.tone}"),
        format=_template("format/auto" if style.form == "json" else f"format/{style.form}"),
        foreign=_template("foreign").format(language=language) + " " if is_foreign else "",
    )


def fenced(source: Packed) -> str:
    """Return a passage as a numbered source that cannot close its own fence."""
    text = FENCE.sub("‹source", source.text)
    place = FENCE.sub("‹source", source.passage.place).replace('"', "'")
    return f'<source number="{source.number}" from="{place}">\n{text}\n</source>'


def stand_alone_messages(question: str, history: Sequence[Turn]) -> list[tuple[str, str]]:
    """Return the messages that ask for a question which can be understood without the turns before it."""
    turns = "\n".join(
        f"Customer: {_one_line(turn.question)}\nSupport: {_one_line(turn.reply)}"
        for turn in history[-LAST_TURNS:]
    )
    asked = _template("stand_alone_question").format(turns=turns, question=_one_line(question))
    return [("system", _template("stand_alone")), ("user", asked)]


def _one_line(text: str) -> str:
    return " ".join(text[:MOST_OF_A_TURN].split())
