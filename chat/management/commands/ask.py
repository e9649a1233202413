"""manage.py ask: the answer engine in the terminal, the same one customers get."""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from chat.answering.engine import AnswerEngine
from chat.answering.events import Cited, Finished, Text
from chat.conversations.transcript import passage_url
from chat.realtime.engines import engine_for


class Command(BaseCommand):
    """Print the answer as it comes, then its citations."""

    help = "Ask a question; prints the answer as it comes and the passages it cites."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question")
        parser.add_argument("--collection", action="append", default=[], help="slug; may be repeated")

    def handle(self, *_args: str, **options: Any) -> None:
        asyncio.run(self._ask(options["question"], engine_for(options["collection"])))

    async def _ask(self, question: str, engine: AnswerEngine) -> None:
        citations = []
        async for event in engine.answer(question):
            match event:
                case Text(text):
                    self.stdout.write(text, ending="")
                    self.stdout.flush()
                case Cited(citation):
                    citations.append(citation)
                case Finished(outcome, answerer):
                    self.stdout.write(self.style.NOTICE(f"\n\n{outcome} ({answerer})"))
                case _:
                    pass
        for citation in citations:
            passage = citation.passage
            self.stdout.write(f"[{citation.number}] {passage.place}")
            place = passage_url(passage.version_id, citation.start, citation.end, passage.page)
            self.stdout.write(f"    {place if citation.opens else citation.url}")
