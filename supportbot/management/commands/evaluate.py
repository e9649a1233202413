"""manage.py evaluate: golden questions as a gate, or retrieval sets through the whole pipeline."""

import asyncio
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chat.errors import ChatError
from chat.evaluation import gate, reports
from chat.learning.comparing import TOLERANCE, Comparison, Moved
from knowledge.errors import KnowledgeError
from supportbot.measuring.moving import moved, report_in
from supportbot.measuring.sets import HISTORIES, Wishes, measure
from supportbot.measuring.tables import html, markdown

GOLDEN = Path(settings.PROJECT) / "evals" / "golden"


class Command(BaseCommand):
    """Ask, count, compare; exit with 1 when something became worse, with 2 when it could not be done."""

    help = "Ask all golden questions, or the questions of retrieval sets (--beir), and say how good it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        golden = parser.add_argument_group("golden questions (without --beir)")
        golden.add_argument("--golden", type=Path, nargs="*", metavar="FILE", help="instead of evals/golden")
        golden.add_argument("--judge", action="store_true", help="ask the configured model for its opinion")
        sets = parser.add_argument_group("retrieval sets")
        sets.add_argument("--beir", type=Path, nargs="+", metavar="DIR")
        sets.add_argument("--rankings", type=Path, metavar="FILE", help="write every ranking there (JSON)")
        sets.add_argument("--baselines", action="store_true", help="BM25, dense and RRF over the same chunks")
        sets.add_argument("--history", choices=HISTORIES, default="engine", help="what earlier turns do")
        sets.add_argument("--keep", action="store_true", help="keep what was ingested for the next time")
        sets.add_argument("--fresh", action="store_true", help="with --keep: ingest anew what was kept")
        sets.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables there as well")
        parser.add_argument("--compare", type=Path, metavar="FILE", help="a --json file of another day")
        parser.add_argument("--tolerance", type=float, default=TOLERANCE, help="how far a share may fall")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
        parser.add_argument("--html", type=Path, metavar="FILE", help="write a report there as well")

    def handle(self, *_args: str, **options: Any) -> None:
        try:
            worse = self._sets(options) if options["beir"] else self._golden(options)
        except (ChatError, KnowledgeError) as error:
            raise CommandError(str(error), returncode=2) from error
        if worse:
            raise CommandError("The answers became worse.", returncode=1)

    def _golden(self, options: dict[str, Any]) -> bool:
        files = sorted(GOLDEN.glob("*.yaml")) if options["golden"] is None else options["golden"]
        before = gate.report_in(options["compare"]) if options["compare"] else None
        wanted = gate.questions_in(files)
        for sentence in wanted.notes:
            self.stderr.write(sentence)
        rows = asyncio.run(gate.ask_all(wanted.questions, options["judge"]))
        outcome = gate.settle(wanted, rows, before, options["tolerance"])
        self._print(outcome.figures, outcome.comparison)
        report = {"subject": wanted.subject, "figures": outcome.figures, "questions": rows}
        self._write(options["json"], json.dumps(report, indent=2, ensure_ascii=False) + "\n")
        if options["html"]:
            shown = reports.report_of(wanted.subject, outcome.figures, rows, outcome.comparison)
            self._write(options["html"], reports.page_alone(shown))
        return outcome.comparison is not None and outcome.comparison.is_worse

    def _print(self, figures: dict[str, Any], comparison: Comparison | None) -> None:
        before = {share.name: share for share in comparison.moved} if comparison else {}
        for name, share in figures["shares"].items():
            self.stdout.write(f"{name:<20} {share:.4f}" + (_by(before[name]) if name in before else ""))
        for name, times in figures["milliseconds"].items():
            self.stdout.write(f"{name:<20} p50 {times['p50']}, p95 {times['p95']}")
        self.stdout.write(", ".join(f"{count} {name}" for name, count in figures["counts"].items()))
        for group in ("languages", "collections"):
            for name, shares in figures[group].items():
                told = ", ".join(f"{key} {value}" for key, value in shares.items())
                self.stdout.write(f"{group[:-1]} {name}: {told}")
        if comparison is None:
            self.stdout.write("There is no run before this one to compare with.")
        else:
            self._print_change(comparison)

    def _print_change(self, comparison: Comparison) -> None:
        for share in comparison.fallen:
            self.stdout.write(self.style.ERROR(f"{share.name} fell from {share.before} to {share.now}"))
        for flip in comparison.broken:
            self.stdout.write(self.style.ERROR(f"Right before, wrong now: {flip.question} {flip.why}"))
        for flip in comparison.mended:
            self.stdout.write(self.style.SUCCESS(f"Wrong before, right now: {flip.question}"))

    def _sets(self, options: dict[str, Any]) -> bool:
        before = report_in(options["compare"]) if options["compare"] else None
        wishes = Wishes(options["keep"], options["fresh"], options["baselines"], options["history"])
        found, rankings = [], {}
        for folder in options["beir"]:
            report, replies, failures = measure(folder, wishes)
            for sentence in failures[:5]:
                self.stderr.write(sentence)
            found.append(report)
            rankings[report["set"]] = replies.rankings
            self._print_set(report)
        single = len(found) == 1
        figures = found[0] if single else {"sets": found}
        self._write(options["json"], json.dumps(figures, indent=2) + "\n")
        ranked = next(iter(rankings.values())) if single else rankings
        self._write(options["rankings"], json.dumps(ranked))
        self._write(options["markdown"], markdown(found))
        self._write(options["html"], html(found))
        if not single:
            self.stdout.write(markdown(found))
        if before is None:
            return False
        comparison = moved(found, before, options["tolerance"])
        for share in comparison.moved:
            self.stdout.write(f"{share.name:<40} {share.now:.4f}" + _by(share))
        self._print_change(comparison)
        return comparison.is_worse

    def _print_set(self, report: dict[str, Any]) -> None:
        width = max(map(len, report))
        for name, value in report.items():
            self.stdout.write(f"{name:<{width}}  {json.dumps(value) if isinstance(value, dict) else value}")

    def _write(self, path: Path | None, text: str) -> None:
        if path is not None:
            path.write_text(text, encoding="utf-8")


def _by(share: Moved) -> str:
    return "" if share.by is None else f"  {share.by:+.4f}"
