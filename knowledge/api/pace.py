"""Pace: how many requests a token made in this minute, over all processes.

The count lives in Redis, where losing it costs a minute's fairness and no knowledge. Redis
being away refuses nobody.
"""

import logging
import time
from functools import cache

import redis
from django.conf import settings

log = logging.getLogger(__name__)
MINUTE = 60  # seconds
PATIENCE = 0.5  # seconds; a count is not worth more of a request's time


def seconds_to_wait(token_id: int, most: int) -> int:
    """Count a request; return 0 if it is one of the first ``most`` of the minute, else what is left of it."""
    minute, passed = divmod(int(time.time()), MINUTE)
    key = f"supportbot:api:{token_id}:{minute}"
    try:
        with _client(settings.REDIS_URL).pipeline() as both:
            both.incr(key)
            both.expire(key, 2 * MINUTE)
            count, _ = both.execute()
    except redis.RedisError as error:
        log.warning("requests are not counted while Redis is away: %s", error)
        return 0
    return MINUTE - passed if count > most else 0


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
