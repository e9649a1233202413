"""The gate: golden questions of files and of the database asked at once, and compared with the last time."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils.module_loading import import_string
from tqdm import tqdm

from chat.errors import ChatError
from chat.evaluation.asking import Judge, Questioner
from chat.evaluation.runs import finished, run_before
from chat.learning.comparing import Comparison, compare
from chat.learning.figures import figures_of
from chat.learning.golden import BadGolden, Golden, read
from chat.learning.keeping import active_questions
from chat.learning.places import places_of

JUDGE = "chat.evaluation.judging.LlamaIndexJudge"
questioner = database_sync_to_async(Questioner)


class CannotCompare(ChatError):
    """There is nothing to ask or to compare with; says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The questions of a gate, where they are from, and what was left out."""

    questions: tuple[Golden, ...]
    subject: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of a gate, beside those of the run before if there is one."""

    figures: dict[str, Any]
    comparison: Comparison | None


def questions_in(files: Sequence[Path]) -> Wanted:
    """Return the questions of files and of the database, each once; the database's word counts.

    A file of whose documents none is here is about another installation: it is left out.

    Raises:
        BadGolden: A file cannot be read.
        CannotCompare: There is no question at all.
    """
    known = {golden.key: golden for golden in active_questions()}
    names, notes = [], []
    for path in files:
        questions = _read(path)
        placed = {key: places for key, places in places_of(questions).items() if places}
        if placed and not any(places.are_here for places in placed.values()):
            notes.append(f"{path} is left out: none of its documents is here.")
            continue
        names.append(path.stem)
        known = {golden.key: golden for golden in questions} | known
    if not known:
        raise CannotCompare(" ".join([*notes, "There is no golden question to ask: add one."]))
    return Wanted(tuple(known.values()), f"Command: {', '.join(names) or 'database'}", tuple(notes))


async def ask_all(questions: Sequence[Golden], with_judge: bool = False) -> list[dict[str, Any]]:
    """Return what became of each question.

    Raises:
        CannotCompare: A judge is wanted and no model is configured.
        KnowledgeError: Search could not be done.
    """
    asking = await questioner(questions, _judge() if with_judge else None)
    shown = tqdm(questions, "asking", disable=not sys.stderr.isatty())
    return [await asking.ask(golden) for golden in shown]


def settle(
    wanted: Wanted, rows: list[dict[str, Any]], before: dict[str, Any] | None, tolerance: float
) -> Outcome:
    """Compare with a report, or with the last run of the same subject, and store this one as a run."""
    if before is None:
        last = run_before(wanted.subject)
        before = {"figures": last.figures, "questions": last.questions} if last else None
    finished(wanted.subject, rows, wanted.questions)
    figures = figures_of(rows)
    now = {"figures": figures, "questions": rows}
    return Outcome(figures, compare(now, before, tolerance) if before else None)


def report_in(path: Path) -> dict[str, Any]:
    """Return the report that ``--json`` wrote.

    Raises:
        CannotCompare: The file is not there, or none of ours.
    """
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if report["figures"]["shares"] is not None and isinstance(report["questions"], list):
            return report
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotCompare(f"{path} is no report of evaluate --json: {error}") from error
    raise CannotCompare(f"{path} is no report of evaluate --json.")


def _read(path: Path) -> list[Golden]:
    try:
        return read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadGolden(f"{path} cannot be read: {error}") from error
    except BadGolden as error:
        raise BadGolden(f"{path}: {error}") from error


def _judge() -> Judge:
    if not settings.MODEL_URL:
        raise CannotCompare("There is no model to judge: set MODEL_URL, or leave --judge away.")
    judge: Judge = import_string(JUDGE)()
    return judge
