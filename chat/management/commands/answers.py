"""manage.py answers: a process that makes answers until it is told to stop."""

import asyncio
import signal
from typing import Any

import uvloop
from django.core.management.base import BaseCommand

from chat.realtime.serving import new_runner, warm_up


class Command(BaseCommand):
    """Run an answer runner; any number may run beside each other."""

    help = "Make answers until stopped (SIGTERM finishes those at hand, or hands them over)."

    def handle(self, *_args: str, **_options: Any) -> None:
        warm_up()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._run())

    async def _run(self) -> None:
        runner = new_runner()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, runner.stop)
        self.stdout.write("Waiting for questions.")
        await runner.run()
