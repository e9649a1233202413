"""Faults: what is done to the product's processes and servers while customers talk."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable

import redis

from bench.chaos_rig import Rig


class Faults:
    """Breaks one thing after another, at random moments ``pause`` seconds apart on average."""

    def __init__(self, rig: Rig, pause: float) -> None:
        self._pause = pause
        self.counts: Counter[str] = Counter()
        self._rig = rig

    async def run(self, over: asyncio.Event) -> None:
        """Break things until it is over."""
        deeds: list[Callable[[], str]] = [
            self._kill_runner, self._kill_web, self._empty_redis, self._kill_web_with_runner,
            self._kill_runner, self._end_web, self._kill_redis, self._kill_runner, self._kill_web,
            self._stop_postgres,
        ]  # fmt: skip
        number = 0
        while not over.is_set():
            try:
                await asyncio.wait_for(over.wait(), self._pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
            except TimeoutError:
                name = await asyncio.to_thread(deeds[number % len(deeds)])
                self.counts[name] += 1
                number += 1

    def _kill(self, name: str, number: signal.Signals, deed: str) -> str:
        """End a program that is at work; one that is just starting is left alone."""
        if not self._rig.is_at_work(name):
            return "left alone, just starting"
        self._rig.kill(name, number)
        return deed

    def _kill_runner(self) -> str:
        return self._kill("answers-1", signal.SIGKILL, "answers killed -9")

    def _kill_web(self) -> str:
        return self._kill("web-1", signal.SIGKILL, "web killed -9")

    def _kill_web_with_runner(self) -> str:
        return self._kill("web-2", signal.SIGKILL, "web with runner killed -9")

    def _end_web(self) -> str:
        return self._kill("web-2", signal.SIGTERM, "web with runner ended by SIGTERM")

    def _empty_redis(self) -> str:
        try:
            with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
                client.flushall()
        except redis.RedisError:
            return "Redis was away already"
        return "Redis emptied"

    def _kill_redis(self) -> str:
        self._rig.kill_server("valkey", signal.SIGKILL)
        return "Redis killed -9"

    def _stop_postgres(self) -> str:
        self._rig.kill_server("postgres", signal.SIGQUIT)
        return "PostgreSQL stopped at once"
