"""Counting: how much of their rates somebody has spent, in Redis, over all processes.

One script looks at all rates of one deed and spends either from all of them or from none.
Losing the counts costs fairness for a while and no knowledge; Redis being away limits nobody.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings

from chat.limits.addresses import keyed_hash
from chat.limits.rates import Rate, whole_seconds

log = logging.getLogger(__name__)
PATIENCE = 2.0  # seconds for Redis
MOST_CONNECTIONS = 8  # of one process: a thousand customers who come back at once share them
REST = 5.0  # seconds for which Redis is not asked again after it failed
AWAY = (redis.RedisError, OSError, TimeoutError)

# KEYS: one for each rate. ARGV: the moment (0: the server's clock), then interval and most of each rate.
# rates.spend is the same formula in words of Python; a test compares the two.
SPEND = """
local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local longest, which, arrivals = 0, 0, {}
for i, key in ipairs(KEYS) do
  local interval, most = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local arrival = math.max(tonumber(redis.call('GET', key) or now), now)
  local wait = arrival + interval - interval * most - now
  if wait > longest then longest, which = wait, i end
  arrivals[i] = arrival + interval
end
if longest == 0 then
  for i, key in ipairs(KEYS) do
    local lives = math.ceil((arrivals[i] - now) / 1000) + 1
    redis.call('SET', key, string.format('%.0f', arrivals[i]), 'PX', lives)
  end
end
return {longest, which}
"""


@dataclass(frozen=True, slots=True)
class Charge:
    """One deed of a subject, against one of its rates."""

    rule: str
    subject: str
    rate: Rate

    @property
    def key(self) -> str:
        """Return the name of its count; who the subject is cannot be read from it."""
        return f"supportbot:limits:{keyed_hash(f'{self.rule}:{self.subject}')[:32]}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which rule was broken, and after how many seconds the same will pass."""

    rule: str
    retry_after: int


class Absence:
    """Redis being away: noticed, said once, and not waited for again at once."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def is_over(self) -> bool:
        """Say whether Redis may be asked again."""
        return time.monotonic() >= self._until

    def begin(self, error: BaseException) -> None:
        """Note that Redis is away."""
        self._until = time.monotonic() + REST
        log.warning("nobody is limited while Redis is away: %s", error)


absence = Absence()


def check(charges: Sequence[Charge], now: int = 0) -> Refusal | None:
    """Spend from all rates of a deed, or return the refusal that lasts longest; ``now`` is for tests."""
    if not charges or not absence.is_over:
        return None
    try:
        answer = _script(settings.REDIS_URL)(*_arguments(charges, now))
    except AWAY as error:
        absence.begin(error)
        return None
    return _refusal(charges, answer)


async def acheck(charges: Sequence[Charge]) -> Refusal | None:
    """Do what ``check`` does, from asynchronous code."""
    if not charges:
        return None
    answer = await ask_redis(SPEND, *_arguments(charges, 0))
    return _refusal(charges, answer) if answer is not None else None


async def ask_redis(script: str, keys: Sequence[str], arguments: Sequence[str | int]) -> Any:
    """Run a script; return its answer, or None while Redis is away."""
    if not absence.is_over:
        return None
    try:
        async with asyncio.timeout(PATIENCE):
            return await _client().register_script(script)(list(keys), list(arguments))
    except AWAY as error:
        absence.begin(error)
        return None


def _arguments(charges: Sequence[Charge], now: int) -> tuple[list[str], list[str | int]]:
    rates: list[str | int] = [now]
    for charge in charges:
        rates += [charge.rate.interval, charge.rate.most]
    return [charge.key for charge in charges], rates


def _refusal(charges: Sequence[Charge], answer: Sequence[int]) -> Refusal | None:
    longest, which = int(answer[0]), int(answer[1])
    return Refusal(charges[which - 1].rule, whole_seconds(longest)) if longest else None


@cache
def _script(url: str) -> Any:
    client = redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    return client.register_script(SPEND)


_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis] = WeakKeyDictionary()


def _client() -> redis.asyncio.Redis:
    """Return the client of this event loop: connections live and die with their loop."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        pool = redis.asyncio.BlockingConnectionPool.from_url(
            settings.REDIS_URL,
            max_connections=MOST_CONNECTIONS,
            timeout=PATIENCE,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
        )
        _clients[loop] = redis.asyncio.Redis(connection_pool=pool)
    return _clients[loop]
