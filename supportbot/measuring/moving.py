"""Moving: what the figures of retrieval sets were in an earlier report, so that a gate can close."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chat.errors import ChatError
from chat.learning.comparing import Comparison, Moved

SHARES = ("hit@1", "hit@5", "ndcg@10", "mrr@10")
PARTS = {"refusal": ("auroc", "f1"), "containment": ("quoted",)}


class NoReport(ChatError):
    """A file is no report of ours; the text says which."""


def report_in(path: Path) -> list[dict[str, Any]]:
    """Return the sets of a report that ``--beir … --json`` wrote.

    Raises:
        NoReport: The file is not there, or none of ours.
    """
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        sets: list[dict[str, Any]] = report.get("sets") or [report]
        if all(isinstance(one["set"], str) and isinstance(one["ndcg@10"], float) for one in sets):
            return sets
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoReport(f"{path} is no report of evaluate --beir --json: {error}") from error
    raise NoReport(f"{path} is no report of evaluate --beir --json.")


def moved(
    now: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]], tolerance: float
) -> Comparison:
    """Return how the shares of the sets moved that both reports hold."""
    were = {report["set"]: dict(_shares(report)) for report in before}
    found = [
        Moved(f"{report['set']} {name}", were[report["set"]].get(name), share)
        for report in now
        if report["set"] in were
        for name, share in _shares(report)
    ]
    return Comparison(tuple(found), (), tolerance)


def _shares(report: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    yield from ((name, report[name]) for name in SHARES)
    for part, names in PARTS.items():
        figures = report.get(part, {})
        yield from ((f"{part} {name}", figures[name]) for name in names if figures.get(name) is not None)
