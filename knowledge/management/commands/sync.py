"""manage.py sync: list, add and run sources in the terminal, with a progress bar and an exit code."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from knowledge.errors import PermanentError
from knowledge.models import Collection, Schedule, Source, SourceKind, State, SyncRun
from knowledge.sources.runs import open_run
from knowledge.sources.steering import SourcePlan, add_source
from knowledge.sources.sync import sync

LOOK_SECONDS = 1.0
SHOWN_FIRST = ("seen", "fetched", "unchanged", "new", "changed", "gone", "failed", "skipped")
BAR = "{l_bar}{bar}| {n}/{total} pages [{elapsed} so far, {remaining} to go]"


class Command(BaseCommand):
    """Show and sync the sources that documents keep coming from."""

    help = "Show sources (list, status ID), add one (add KIND ADDRESS) and sync one now (run ID)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="all sources and how their latest sync went")
        add = acts.add_parser("add", help="add a source; a worker syncs it at once and then by its schedule")
        add.add_argument("kind", choices=SourceKind.values)
        add.add_argument("address", help="https://… or a path")
        add.add_argument("--collection", default="help-centre", help="slug of a collection that is there")
        add.add_argument("--name", default="")
        add.add_argument("--schedule", choices=Schedule.values, default=Schedule.DAILY.value)
        add.add_argument("--include", action="append", default=[], help="pattern of paths; may be repeated")
        add.add_argument("--exclude", action="append", default=[], help="pattern of paths; may be repeated")
        add.add_argument("--pages", type=int, default=500, help="page budget")
        add.add_argument("--depth", type=int, default=3, help="clicks from the address")
        for act, what in (("run", "sync a source now"), ("status", "the latest sync of a source, in full")):
            acts.add_parser(act, help=what).add_argument("source", type=int, help="number, as listed")

    def handle(self, *_args: str, **options: Any) -> None:
        match options["act"]:
            case "list":
                self._list()
            case "add":
                self._add(options)
            case "run":
                self._run(self._source(options["source"]))
            case "status":
                self._status(self._source(options["source"]).runs.first())

    def _source(self, number: int) -> Source:
        source = Source.objects.filter(id=number).first()
        if source is None:
            raise CommandError(f"There is no source {number}: `manage.py sync list` shows those that are.")
        return source

    def _list(self) -> None:
        sources = Source.objects.select_related("collection")
        if not sources:
            self.stdout.write("No sources yet: add one with `manage.py sync add site https://…`.")
        for source in sources:
            run = source.runs.first()
            went = f"{run.get_state_display()}, {_counts(run)}" if run else "never synced"
            paused = " (paused)" if source.is_paused else ""
            self.stdout.write(
                f"{source.pk}  {source.name}{paused} · {source.get_kind_display()} · {source.address} · "
                f"{source.collection.slug} · {source.get_schedule_display()} · {went}"
            )

    def _add(self, options: dict[str, Any]) -> None:
        collection = Collection.objects.filter(slug=options["collection"]).first()
        if collection is None:
            raise CommandError(f"There is no collection “{options['collection']}”: make it first.")
        plan = SourcePlan(
            collection,
            options["kind"],
            options["address"],
            options["name"],
            "\n".join(options["include"]),
            "\n".join(options["exclude"]),
            schedule=options["schedule"],
            page_budget=options["pages"],
            depth=options["depth"],
        )
        try:
            source = add_source(plan)
        except PermanentError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Added source {source.pk}, “{source.name}”; its first sync is queued.")

    def _run(self, source: Source) -> None:
        """Work on the run here and now; beside a worker that has it, only watch."""
        run = open_run(source)
        with tqdm(total=run.total, unit="page", disable=not sys.stderr.isatty(), bar_format=BAR) as bar:
            while run.is_in_progress:
                if not sync(run.pk, LOOK_SECONDS):
                    time.sleep(LOOK_SECONDS / 4)
                run.refresh_from_db()
                bar.total, bar.n = run.total, run.done
                bar.refresh()
        self._status(run)
        if run.state != State.READY:
            raise CommandError(run.reason)

    def _status(self, run: SyncRun | None) -> None:
        if run is None:
            raise CommandError("It was never synced: `manage.py sync run` does it.")
        self.stdout.write(f"{run.get_state_display()}: {run.done} of {run.total} pages. {_counts(run)}.")
        if run.reason:
            self.stdout.write(run.reason)
        for trouble in run.troubles:
            self.stderr.write(f"{trouble['state']}: {trouble['address']}: {trouble['reason']}")


def _counts(run: SyncRun) -> str:
    """Return a run's counts in words."""
    rest = sorted(set(run.counts) - set(SHOWN_FIRST))
    names = [name for name in (*SHOWN_FIRST, *rest) if name in run.counts]
    return ", ".join(f"{run.counts[name]} {name.replace('_', ' ')}" for name in names) or "nothing yet"
