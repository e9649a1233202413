"""manage.py reembed: make vectors of another model beside the active ones, look, activate, go back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.errors import KnowledgeError
from knowledge.models import EmbeddingSet
from knowledge.reembedding import steering

_SAID = {
    "activate": "the worker activates it",
    "discard": "the worker deletes it",
    "cancel": "cancelled",
    "resume": "queued again",
}


class Command(BaseCommand):
    """Steer embedding sets from a terminal."""

    help = "Begin, list, activate, cancel, resume or discard embedding sets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="all sets, with progress and figures")
        begin = acts.add_parser("begin", help="queue a set for another model")
        begin.add_argument("embedder", help="bundled, openai, or the dotted path of a class")
        begin.add_argument("--url", default="", help="of the endpoint")
        begin.add_argument("--model", default="", help="its name there")
        for name, text in (
            ("activate", "search in this set from the next question on; also the way back to an older one"),
            ("cancel", "stop making this set"),
            ("resume", "go on with a failed or cancelled set"),
            ("discard", "delete this set with its vectors"),
        ):
            acts.add_parser(name, help=text).add_argument("set", type=int)

    def handle(self, *_args: str, **options: Any) -> None:
        try:
            self._act(options)
        except KnowledgeError as error:
            raise CommandError(str(error)) from error

    def _act(self, options: dict[str, Any]) -> None:
        match options["act"]:
            case "list":
                self._list()
            case "begin":
                made = steering.begin(options["embedder"], options["url"], options["model"])
                self.stdout.write(f"Queued set {made.pk}: {made}. The worker makes it; see `reembed list`.")
            case act:
                chosen = EmbeddingSet.objects.filter(pk=options["set"]).first()
                if chosen is None:
                    raise CommandError(f"There is no set {options['set']}; see `reembed list`.")
                getattr(steering, act)(chosen)
                self.stdout.write(f"Set {options['set']}: {_SAID[act]}; see `reembed list`.")

    def _list(self) -> None:
        for row in EmbeddingSet.objects.order_by("pk"):
            active = "active" if row.is_active else ""
            place = f"{row.stage} {row.done:,} of {row.total:,}" if row.stage else ""
            parts = (str(row.pk), str(row), row.state, active, place, str(row.figures or ""), row.reason)
            self.stdout.write(" · ".join(part for part in parts if part))
