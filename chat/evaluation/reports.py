"""Reports: a run as people read it, on a staff page or as a file of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat.answering.deciding import Calibration
from chat.learning import calibration_in_force
from chat.learning.calibrating import golden_sample
from chat.learning.comparing import Comparison, Flipped, Moved
from chat.learning.figures import place_of
from chat.learning.fitting import bins_of, settings_of
from chat.learning.plots import Plot, latency, reliability, risk_coverage

STYLES = ("tokens.css", "staff/staff.css", "staff/lists.css", "staff/evaluation.css")
GROUP_COLUMNS = ("questions", "right", "hit@1", "mrr@10", "containment", "citation precision", "refusal f1")


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a page about a run shows."""

    title: str
    summary: str
    shares: tuple[Moved, ...]
    fallen: tuple[Moved, ...]
    broken: tuple[Flipped, ...]
    mended: tuple[Flipped, ...]
    milliseconds: tuple[tuple[str, Mapping[str, float]], ...]
    groups: tuple[tuple[str, list[tuple[str, list[str]]]], ...]
    plots: tuple[Plot, ...]
    rows: tuple[Mapping[str, Any], ...]

    @property
    def group_columns(self) -> tuple[str, ...]:
        """Return the figures that languages and collections are compared by."""
        return GROUP_COLUMNS


def report_of(
    title: str,
    figures: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    comparison: Comparison | None = None,
) -> Report:
    """Return the report of a run; the questions that went wrong come first."""
    alone = tuple(Moved(name, None, share) for name, share in figures["shares"].items())
    moved = comparison.moved if comparison else alone
    measured = (share for share in moved if share.now is not None)
    times = {
        "found_ms": _("passages found"),
        "first_words_ms": _("first words"),
        "whole_ms": _("whole answer"),
    }
    counts = ", ".join(f"{count} {name}" for name, count in figures["counts"].items())
    return Report(
        title=title,
        summary=counts,
        shares=tuple(sorted(measured, key=lambda share: place_of(share.name))),
        fallen=comparison.fallen if comparison else (),
        broken=comparison.broken if comparison else (),
        mended=comparison.mended if comparison else (),
        milliseconds=tuple((times[name], value) for name, value in figures["milliseconds"].items()),
        groups=tuple(
            (name, _cells(figures[part]))
            for name, part in ((_("Language"), "languages"), (_("Collection"), "collections"))
        ),
        plots=plots_of(rows, calibration_in_force()),
        rows=tuple(sorted(rows, key=lambda row: row["right"])),
    )


def plots_of(rows: Sequence[Mapping[str, Any]], calibration: Calibration) -> tuple[Plot, ...]:
    """Return the plots of a run: how sure and how right, what a threshold costs, how long it took."""
    samples = [sample for row in rows if (sample := golden_sample(row)) is not None]
    times = latency([row["whole_ms"] for row in rows])
    if not samples:
        return (times,)
    curves = settings_of(samples, calibration)
    return (
        reliability(bins_of(samples, calibration)),
        risk_coverage(curves, calibration.answer_from),
        times,
    )


def page_alone(report: Report) -> str:
    """Return a report as one HTML file with its looks inside."""
    return render_to_string("staff/evaluation/alone.html", {"report": report, "looks": looks()})


def looks() -> SafeString:
    """Return the looks of the staff area as an element for a file that stands alone."""
    css = "\n".join(_style(name) for name in STYLES)
    return format_html("<style>{}</style>", SafeString(css))


def _style(name: str) -> str:
    return (Path(settings.PROJECT) / "static" / name).read_text(encoding="utf-8")


def _cells(groups: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    return [
        (name, [_cell(shares.get(column)) for column in GROUP_COLUMNS]) for name, shares in groups.items()
    ]


def _cell(value: float | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
