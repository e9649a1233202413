"""manage.py answers: a process that makes answers until it is told to stop."""

import asyncio
import signal
from typing import Any

import uvloop
from django.core.management.base import BaseCommand

from chat.answering.answerer import Answerer
from chat.conversations.answers import Work
from chat.realtime.engines import answerer_for, configured_model
from chat.realtime.runner import AnswerRunner
from knowledge.retrieval import Scope, search


class Command(BaseCommand):
    """Run an answer runner; any number may run beside each other."""

    help = "Make answers until stopped (SIGTERM finishes those at hand)."

    def handle(self, *_args: str, **_options: Any) -> None:
        search("warm up", Scope())
        configured_model()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._run())

    async def _run(self) -> None:
        runner = AnswerRunner(_engine, is_costly=configured_model() is not None)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, runner.stop)
        self.stdout.write("Waiting for questions.")
        await runner.run()


def _engine(work: Work) -> Answerer:
    return answerer_for(work.collections, work.style)
