"""Judged: answers that people rated, out of MTRAG, for the measure of support."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, TypedDict


class Judged(TypedDict):
    """An answer, its passages, and how faithful people found it (1 to 4)."""

    task_id: str
    model: str
    response: str
    contexts: list[str]
    faithful: float
    answerable: bool


def judged(folder: Path) -> list[Judged]:
    """Return the rated answers of the data folder."""
    lines = (folder / "mtrag_human_judged" / "judged.jsonl").read_text(encoding="utf-8").splitlines()
    return [_judged(json.loads(line)) for line in lines]


def _judged(row: dict[str, Any]) -> Judged:
    votes = [float(vote["value"]) for vote in row["annotations"]["faithfulness"].values()]
    return Judged(
        task_id=row["task_id"],
        model=row["model"],
        response=row["response"],
        contexts=[context["text"] for context in row["contexts"]],
        faithful=fmean(votes),
        answerable=row["answerability"] == ["ANSWERABLE"],
    )


def ranks(values: Sequence[float]) -> list[float]:
    """Return ranks, ties shared, for Spearman's correlation."""
    order = sorted(range(len(values)), key=lambda n: values[n])
    found = [0.0] * len(values)
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and values[order[last + 1]] == values[order[first]]:
            last += 1
        for place in range(first, last + 1):
            found[order[place]] = (first + last) / 2
        first = last + 1
    return found


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the rank correlation of two series."""
    mine, theirs = ranks(one), ranks(other)
    middle = (len(mine) - 1) / 2
    product = sum((a - middle) * (b - middle) for a, b in zip(mine, theirs, strict=True))
    spread = sum((a - middle) ** 2 for a in mine) * sum((b - middle) ** 2 for b in theirs)
    return product / spread**0.5 if spread else 0.0
