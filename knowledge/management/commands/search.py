"""manage.py search: from a question to the passages that may answer it, in the terminal."""

import textwrap
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from knowledge.models import Audience
from knowledge.retrieval import Scope, search


class Command(BaseCommand):
    """Print the passages for a question, best first."""

    help = "Print the passages that may answer a question, best first, with their scores."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question")
        parser.add_argument("--collection", action="append", default=[], help="slug; may be repeated")
        parser.add_argument("--internal", action="store_true", help="search internal documents too")
        parser.add_argument("--limit", type=int, default=5)

    def handle(self, *_args: str, **options: Any) -> None:
        audiences = [Audience.PUBLIC.value] + ([Audience.INTERNAL.value] if options["internal"] else [])
        scope = Scope(tuple(audiences), tuple(options["collection"]))
        passages = search(options["question"], scope, options["limit"])
        if not passages:
            self.stdout.write("Nothing found. Is anything ingested? See `manage.py doctor`.")
        for rank, passage in enumerate(passages, start=1):
            scores = f"score {passage.score:.3f}, dense {passage.dense:.3f}, lexical {passage.lexical:.3f}"
            self.stdout.write(self.style.SUCCESS(f"{rank}. {passage.place}") + f"  ({scores})")
            shown = textwrap.shorten(passage.text, 400, placeholder=" …")
            self.stdout.write(textwrap.indent(textwrap.fill(shown, 96), "   ") + "\n")
