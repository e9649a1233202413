"""Figures: from what became of each golden question to how good the answers are.

Every figure but the milliseconds is a share, 0 to 1, of which more is better. A figure
that nothing was measured for is left out, never 0.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from chat.learning.metrics import CUT, percentile

Row = Mapping[str, Any]
TIMES = ("found_ms", "first_words_ms", "whole_ms")
HITS = (1, 3, 5)
ANSWERED = ("answered", "curated")
# The order in which people read them; PostgreSQL keeps that of its own.
ORDER = (
    "right",
    *(f"hit@{cut}" for cut in HITS),
    "mrr@10",
    "ndcg@10",
    "containment",
    "citation precision",
    "citation recall",
    "refusal precision",
    "refusal recall",
    "refusal f1",
)


def figures_of(rows: Sequence[Row]) -> dict[str, Any]:
    """Return all figures of a run: its shares, milliseconds and counts, and shares by language and shelf."""
    return {
        "shares": shares_of(rows),
        "milliseconds": milliseconds_of(rows),
        "counts": counts_of(rows),
        "languages": _by(rows, lambda row: [row["language"] or "?"]),
        "collections": _by(rows, lambda row: row["collections"] or ["*"]),
    }


def shares_of(rows: Sequence[Row]) -> dict[str, float]:
    """Return the shares of some questions, by name."""
    found = {"right": _share(row["right"] for row in rows)}
    placed = [row for row in rows if row["is_placed"]]
    ranks = [row["rank"] for row in placed if row["outcome"] != "curated"]
    found |= {f"hit@{cut}": _share(rank is not None and rank <= cut for rank in ranks) for cut in HITS}
    found["mrr@10"] = _mean(_reciprocal(rank) for rank in ranks)
    found["ndcg@10"] = _mean(_gain(rank) for rank in ranks)
    held = [row["contained"] for row in rows if row["contained"] is not None]
    found["containment"] = _share(held)
    said = [row for row in placed if row["outcome"] == "answered"]
    found["citation precision"] = _share(citation["right"] for row in said for citation in row["cited"])
    uncurated = [row for row in placed if row["outcome"] != "curated"]
    found["citation recall"] = _share(
        any(citation["right"] for citation in row["cited"]) for row in uncurated
    )
    found |= _refusals(rows)
    for kind in ("clarify", "handoff"):
        found[f"{kind} right"] = _share(row["right"] for row in rows if row["expect"] == kind)
    found |= _judgements(rows)
    return {name: round(value, 4) for name, value in found.items() if value is not None}


def milliseconds_of(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Return p50 and p95 until passages were found, until the first words, and until the end."""
    found = {}
    for name in TIMES:
        times = [row[name] for row in rows if row[name] is not None]
        if times:
            found[name] = {"p50": round(percentile(times, 0.5), 1), "p95": round(percentile(times, 0.95), 1)}
    return found


def counts_of(rows: Sequence[Row]) -> dict[str, int]:
    """Return how many questions ended in which way, and how many there were."""
    outcomes = [row["outcome"] for row in rows]
    return {"questions": len(rows), **{name: outcomes.count(name) for name in sorted(set(outcomes))}}


def _refusals(rows: Sequence[Row]) -> dict[str, float | None]:
    """Return precision, recall and F1 of “decline”; none where nothing was to be declined."""
    meant = [row for row in rows if row["expect"] in ("answer", "decline")]
    declined = [row["expect"] == "decline" for row in meant if row["outcome"] == "declined"]
    due = [row["outcome"] == "declined" for row in meant if row["expect"] == "decline"]
    hits = sum(due)
    if not due:
        return {}
    return {
        "refusal precision": _share(declined),
        "refusal recall": _share(due),
        "refusal f1": 2 * hits / (len(declined) + len(due)),
    }


def _judgements(rows: Sequence[Row]) -> dict[str, float | None]:
    """Return what a judge model thought, for each question that it was asked about."""
    names = sorted({name for row in rows for name in row.get("judged", {})})
    return {
        f"judge {name}": _mean(row["judged"][name] for row in rows if name in row.get("judged", {}))
        for name in names
    }


def _by(rows: Sequence[Row], groups: Callable[[Row], Iterable[str]]) -> dict[str, dict[str, Any]]:
    names = sorted({name for row in rows for name in groups(row)})
    parts = {name: [row for row in rows if name in groups(row)] for name in names}
    return {name: {"questions": len(part), **shares_of(part)} for name, part in parts.items()}


def _reciprocal(rank: int | None) -> float:
    return 1 / rank if rank is not None and rank <= CUT else 0.0


def _gain(rank: int | None) -> float:
    """Return nDCG with one relevant place: places of the same answer are one."""
    return 1 / math.log2(rank + 1) if rank is not None and rank <= CUT else 0.0


def _share(values: Iterable[object]) -> float | None:
    return _mean(float(bool(value)) for value in values)


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return sum(known) / len(known) if known else None


def place_of(name: str) -> tuple[int, str]:
    """Return what shares are sorted by; those that are not always there come last."""
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)
