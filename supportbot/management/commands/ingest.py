"""manage.py ingest: from files and folders to ready documents, with a progress bar and an exit code."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.ingestion.accept import Accepted
from knowledge.ingestion.unpacking import Receipt, accept_upload
from knowledge.models import Audience, Chunk, Collection, State, Version
from supportbot.working import StandIn, wait_for


class Command(BaseCommand):
    """Take files in, wait for the worker, and say what became of each."""

    help = "Take files and folders into a collection and wait until they are ready; fails if any file does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path)
        parser.add_argument("--collection", default="help-centre", help="slug; made if missing")
        parser.add_argument("--internal", action="store_true", help="a new collection is for staff only")
        parser.add_argument("--no-wait", action="store_true", help="queue and leave")

    def handle(self, *_args: str, **options: Any) -> None:
        started = time.monotonic()
        files = list(_files(options["paths"]))
        if not files:
            raise CommandError("There are no files in there; hidden ones are left out.")
        collection = self._collection(options["collection"], options["internal"])
        accepted, refused = self._accept(files, collection)
        versions = {item.version.id for item in accepted if item.version.is_in_progress}
        if versions and not options["no_wait"]:
            with StandIn(self._announce) as stand_in:
                wait_for(sorted(versions), stand_in, quiet=not sys.stderr.isatty())
        failed = self._summary(accepted, refused, time.monotonic() - started)
        if refused or failed:
            raise CommandError(
                f"{refused + failed} of {refused + len(accepted)} files could not be taken in."
            )

    def _announce(self) -> None:
        self.stdout.write("No worker is running: started one for as long as this takes.")

    def _collection(self, slug: str, internal: bool) -> Collection:
        audience = Audience.INTERNAL if internal or slug == "internal" else Audience.PUBLIC
        name = slug.replace("-", " ").capitalize()
        collection, created = Collection.objects.get_or_create(
            slug=slug, defaults={"name": name, "audience": audience}
        )
        if created:
            audience_name = collection.get_audience_display()
            self.stdout.write(f"Made the collection “{collection.name}” ({audience_name}).")
        return collection

    def _accept(self, files: list[tuple[Path, str]], collection: Collection) -> tuple[list[Accepted], int]:
        accepted: list[Accepted] = []
        refused = 0
        for path, name in files:
            try:
                receipts = list(accept_upload(path, name, collection))
            except OSError as error:
                receipts = [Receipt(name, None, str(error))]
            accepted += [receipt.accepted for receipt in receipts if receipt.accepted]
            for receipt in receipts:
                if receipt.accepted is None:
                    refused += 1
                    self.stderr.write(self.style.ERROR(f"{receipt.file_name}: {receipt.sentence}"))
        return accepted, refused

    def _summary(self, accepted: list[Accepted], refused: int, seconds: float) -> int:
        ids = [item.version.id for item in accepted]
        versions = Version.objects.filter(id__in=ids)
        failed = versions.filter(state__in=[State.FAILED, State.CANCELLED]).select_related("document")
        for version in failed:
            self.stderr.write(self.style.ERROR(f"{version.document.file_name}: {version.reason}"))
        ready = versions.filter(state=State.READY)
        chunks = Chunk.objects.filter(version__in=ready).count()
        known = sum(not item.is_new for item in accepted)
        self.stdout.write(
            f"{ready.count()} documents ready ({known} known already), {chunks} chunks, "
            f"{refused + len(failed)} failed, {seconds:.1f} s."
        )
        return len(failed)


def _files(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each file with its name, relative to the folder given: equal names stay apart."""
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                name = file.relative_to(path)
                if file.is_file() and not any(part.startswith(".") for part in name.parts):
                    yield file, str(name)
        elif path.is_file():
            yield path, path.name
        else:
            raise CommandError(f"{path} does not exist.")
