"""manage.py curated: curated answers in and out of files, and how they stand."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.curated import match
from knowledge.curated.exchange import ImportRefused, export_answers, import_answers
from knowledge.curated.files import FORMATS, read, write
from knowledge.curated.vectors import awaiting_vectors, make_vectors
from knowledge.embedding import EmbedderMismatch, EmbedderUnavailable
from knowledge.embedding.sets import ensure_active_set
from knowledge.errors import PermanentError
from knowledge.models import Audience, Collection, CuratedAnswer
from knowledge.retrieval import Scope


class Command(BaseCommand):
    """Import, export, try and count curated answers."""

    help = "Import and export curated answers (CSV or JSON), try a question, or say how they stand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        taking = deeds.add_parser("import", help="import a file; known questions are updated")
        taking.add_argument("file", type=Path)
        taking.add_argument("--collection", default="", help="slug, for rows that name none")
        taking.add_argument("--skip-bad", action="store_true", help="import the good rows all the same")
        giving = deeds.add_parser("export", help="write a file, or to the terminal")
        giving.add_argument("file", type=Path, nargs="?")
        giving.add_argument("--collection", action="append", default=[], help="slug; may be repeated")
        giving.add_argument("--format", choices=FORMATS, default="")
        trying = deeds.add_parser("match", help="say which curated answer a question gets")
        trying.add_argument("question")
        trying.add_argument("--collection", action="append", default=[], help="slug; may be repeated")
        trying.add_argument("--internal", action="store_true", help="as staff, not as a customer")
        deeds.add_parser("status", help="count them, and those that wait for vectors or have a warning")

    def handle(self, *_args: str, **options: Any) -> None:
        try:
            getattr(self, f"_{options['deed']}")(options)
        except ImportRefused as refused:
            raise CommandError("\n".join([*refused.problems, "Nothing was imported."])) from None
        except (PermanentError, OSError) as error:
            raise CommandError(str(error)) from None

    def _import(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        default = None
        if options["collection"]:
            default = Collection.objects.filter(slug=options["collection"]).first()
            if default is None:
                raise CommandError(f"There is no collection “{options['collection']}”: make it first.")
        with path.open(encoding="utf-8", newline="") as file:
            done = import_answers(read(file, _kind(path)), default, skip_bad=options["skip_bad"])
        for problem in done.problems:
            self.stderr.write(f"{problem} Skipped.")
        self.stdout.write(f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged.")
        self._embed()

    def _embed(self) -> None:
        try:
            made = make_vectors(ensure_active_set().pk)
        except (EmbedderUnavailable, EmbedderMismatch) as error:
            self.stderr.write(f"{error} Until then only exact wordings match.")
        else:
            self.stdout.write(f"{made} questions embedded.")

    def _export(self, options: dict[str, Any]) -> None:
        path: Path | None = options["file"]
        pieces = write(export_answers(options["collection"]), options["format"] or _kind(path))
        if path is None:
            sys.stdout.writelines(pieces)
            return
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)

    def _match(self, options: dict[str, Any]) -> None:
        audiences = [Audience.PUBLIC.value] + ([Audience.INTERNAL.value] if options["internal"] else [])
        found = match(options["question"], Scope(tuple(audiences), tuple(options["collection"])))
        if found is None:
            self.stdout.write("No curated answer matches.")
            return
        self.stdout.write(self.style.SUCCESS(f"{found.question}  (probability {found.score:.3f})"))
        self.stdout.write(found.text)

    def _status(self, _options: dict[str, Any]) -> None:
        answers = CuratedAnswer.objects.all()
        disabled, warned = answers.filter(is_enabled=False).count(), answers.exclude(warning="").count()
        self.stdout.write(
            f"{answers.count()} curated answers, {disabled} disabled, {warned} with a warning, "
            f"{awaiting_vectors().count()} waiting for vectors."
        )


def _kind(path: Path | None) -> str:
    suffix = path.suffix.lower().removeprefix(".") if path else "csv"
    if suffix not in FORMATS:
        raise PermanentError(f"“{path}” is neither .csv nor .json: name it so.")
    return suffix
