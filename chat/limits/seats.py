"""Seats: how many sockets of one customer are open at the same time, over all processes.

A seat is kept by being heard and given up at the end; the seat of a socket that died
without a word is free after ``LEASE`` seconds. While Redis is away nobody is counted.
"""

from chat.limits.addresses import keyed_hash
from chat.limits.counting import ask_redis

LEASE = 45  # seconds; a living page pings every 20 s
RENEW_AFTER = 15.0  # seconds

# KEYS: the customer's seats. ARGV: the socket, most seats, lease in ms. Returns 0, or ms until one is free.
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local mine = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not mine and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return math.max(tonumber(first[2]) - now, 1)
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[3]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 0
"""
GIVE_UP = "return redis.call('ZREM', KEYS[1], ARGV[1])"


async def take(customer: str, socket: str, most: int) -> int:
    """Take or keep a seat; return 0, or the seconds until one may be free."""
    waits = await ask_redis(TAKE, [_key(customer)], [socket, most, LEASE * 1000])
    return -(-int(waits or 0) // 1000)


async def give_up(customer: str, socket: str) -> None:
    """Leave a seat to others."""
    await ask_redis(GIVE_UP, [_key(customer)], [socket])


def _key(customer: str) -> str:
    return f"supportbot:seats:{keyed_hash(customer)[:32]}"
