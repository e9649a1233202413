"""Asking: one golden question through the real engine, and what became of it.

The same stream of events that customers get is read to its end and compared with what is
known of the answer.
"""

import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from chat.answering.deciding import Calibration, log_odds
from chat.answering.engine import AnswerEngine
from chat.answering.events import CitationDraft, Cited, Finished, Found, Text
from chat.learning.golden import Golden
from chat.learning.places import Places, says
from knowledge.passages import Passage

# How an answer ends for each expectation; a curated answer is an answer.
ENDS = {
    "answer": ("answered", "curated"),
    "decline": ("declined",),
    "clarify": ("clarified",),
    "handoff": ("handoff", "handed_off"),
}
LONGEST_QUOTE = 400  # characters of a quote that a report shows


@dataclass(slots=True)
class Heard:
    """What the engine said to one question, and after how many milliseconds."""

    passages: Sequence[Passage] = ()
    confidence: float | None = None
    citations: list[CitationDraft] = field(default_factory=list)
    text: str = ""
    outcome: str = "failed"
    answerer: str = "none"
    found_ms: float | None = None
    first_words_ms: float | None = None
    whole_ms: float = 0.0


async def hear(engine: AnswerEngine, golden: Golden) -> Heard:
    """Ask a question and listen to the end.

    Raises:
        KnowledgeError: Search could not be done.
    """
    heard, begun = Heard(), time.perf_counter()
    async with aclosing(engine.answer(golden.question, golden.history, golden.language)) as events:
        async for event in events:
            elapsed = 1000 * (time.perf_counter() - begun)
            match event:
                case Found(passages, confidence):
                    heard.passages, heard.confidence, heard.found_ms = passages, confidence, elapsed
                case Cited(citation):
                    heard.citations.append(citation)
                case Text(text):
                    heard.text += text
                    heard.first_words_ms = heard.first_words_ms or elapsed
                case Finished(outcome, answerer):
                    heard.outcome, heard.answerer = outcome, answerer
    heard.whole_ms = 1000 * (time.perf_counter() - begun)
    return heard


def judged(golden: Golden, heard: Heard, places: Places, calibration: Calibration) -> dict[str, Any]:
    """Return what became of a question, as a run stores it and a report shows it."""
    cited = [_cited(citation, places) for citation in heard.citations]
    why = _wrong(golden, heard, places, cited)
    row = {
        "key": golden.key,
        "question": golden.question,
        "language": golden.language,
        "expect": golden.expect,
        "collections": list(places.collections or golden.collections),
        "outcome": heard.outcome,
        "answerer": heard.answerer,
        "text": heard.text,
        "cited": cited,
        "is_placed": bool(places),
        "rank": _rank(heard.passages, places),
        "contained": says(heard.text, golden.contains) if golden.contains else None,
        "confidence": heard.confidence,
        "logit": None if heard.confidence is None else uncalibrated(heard.confidence, calibration),
        "why": why,
        "right": not why,
    }
    times = {"found_ms": heard.found_ms, "first_words_ms": heard.first_words_ms, "whole_ms": heard.whole_ms}
    return row | {name: None if ms is None else round(ms, 1) for name, ms in times.items()}


def uncalibrated(probability: float, calibration: Calibration) -> float:
    """Return the log-odds that were fitted beforehand, from the probability an installation made of them."""
    return (log_odds(probability) - calibration.intercept) / (calibration.slope or 1.0)


def _cited(citation: CitationDraft, places: Places) -> dict[str, Any]:
    return {
        "number": citation.number,
        "place": citation.passage.place,
        "quote": citation.quote[:LONGEST_QUOTE],
        "right": places.hold(citation.passage, citation.quote) if places else None,
    }


def _rank(passages: Sequence[Passage], places: Places) -> int | None:
    """Return the rank of the first passage that lies at one of the places."""
    return next((rank for rank, passage in enumerate(passages, start=1) if places.hold(passage)), None)


def _wrong(golden: Golden, heard: Heard, places: Places, cited: Sequence[dict[str, Any]]) -> str:
    """Return in one sentence what is wrong; nothing if all is right."""
    leaked = [words for words in golden.never if says(heard.text, [words])]
    if leaked:
        return f"It says “{leaked[0]}”, which must never be said."
    if heard.outcome not in ENDS[golden.expect]:
        return f"It was to be {ENDS[golden.expect][0].replace('_', ' ')}, and was {heard.outcome}."
    if golden.expect != "answer":
        return ""
    if not says(heard.text, golden.contains):
        missing = next(words for words in golden.contains if not says(heard.text, [words]))
        return f"The answer does not say “{missing}”."
    if places and heard.outcome != "curated" and not any(citation["right"] for citation in cited):
        return "It cites none of the places that hold the answer."
    return ""
