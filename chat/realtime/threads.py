"""Threads: the database for sockets, several at a time.

Channels' own ``database_sync_to_async`` has one thread for all sockets of a process: a
query that waits, or a PostgreSQL that is away for three seconds a try, would hold up
everybody behind it, until their clients give up and come back, and wait again.
"""

from collections.abc import Callable
from typing import Any

from channels.db import DatabaseSyncToAsync


def database_sync_to_async(work: Callable[..., Any]) -> Any:
    """Return a coroutine function that does some work with the database in one of several threads."""
    return DatabaseSyncToAsync(work, thread_sensitive=False)
