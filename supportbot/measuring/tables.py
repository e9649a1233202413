"""Tables: the reports of several sets side by side, in Markdown for documents and in HTML for a look."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string

from chat.evaluation.reports import looks
from chat.learning.plots import ranked

SIZES = ("set", "documents", "chunks", "questions")
COLUMNS = (*SIZES, "hit@1", "hit@5", "ndcg@10", "mrr@10", "p50_ms", "p95_ms")
HELD = ("set", "quoted", "first passage", "first sentence")
PLAIN = ("bm25", "dense", "rrf")
REFUSAL = ("auroc", "f1", "best_f1", "false_refusals", "always_refuse_f1", "cosine_auroc", "cosine_best_f1")
REFUSING = ("set", "answerable", "unanswerable", *REFUSAL)
MEANS = ("hit@1", "hit@5", "ndcg@10", "mrr@10", *PLAIN)
Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]


def tables_of(reports: Sequence[Mapping[str, Any]]) -> list[Table]:
    """Return title, columns and rows of each table that the reports fill."""
    ranking = [_ranking(report) for report in reports]
    if len(ranking) > 1:
        ranking.append(_mean(ranking))
    columns = (*COLUMNS, *PLAIN) if any("bm25" in row for row in ranking) else COLUMNS
    tables = [("Retrieval", _named(columns), [_cells(row, columns) for row in ranking])]
    refusing = [{"set": report["set"], **report["refusal"]} for report in reports if "refusal" in report]
    if refusing:
        tables.append(("Refusal", REFUSING, [_cells(row, REFUSING) for row in refusing]))
    held = [{"set": report["set"], **report["containment"]} for report in reports if "containment" in report]
    if held:
        tables.append(("Answer containment", HELD, [_cells(row, HELD) for row in held]))
    return tables


def markdown(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return all tables in Markdown, as docs/evaluation.md has them."""
    parts = []
    for title, columns, rows in tables_of(reports):
        lines = [f"### {title}", "", _line(columns), _line(["---"] * len(columns)), *map(_line, rows)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def html(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return a plot and all tables as one HTML file."""
    plain = [name for name in PLAIN if all(name in report.get("baselines", {}) for report in reports)]
    plot = ranked(
        [report["set"] for report in reports],
        [report["ndcg@10"] for report in reports],
        {name: [report["baselines"][name]["ndcg@10"] for report in reports] for name in plain},
    )
    context = {"plot": plot, "tables": tables_of(reports), "looks": looks()}
    return render_to_string("staff/evaluation/sets.html", context)


def _ranking(report: Mapping[str, Any]) -> dict[str, Any]:
    row = {name: report[name] for name in COLUMNS}
    return row | {name: figures["ndcg@10"] for name, figures in report.get("baselines", {}).items()}


def _mean(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    known = {name: [row[name] for row in rows if name in row] for name in MEANS}
    return {"set": "mean"} | {
        name: round(sum(values) / len(values), 4) for name, values in known.items() if values
    }


def _named(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{name} ndcg@10" if name in PLAIN else name for name in columns)


def _cells(row: Mapping[str, Any], columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(row.get(name, "–")) for name in columns)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
