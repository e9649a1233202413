"""Disks: what a test needs to fill one up."""

from collections.abc import Iterator
from contextlib import contextmanager
from resource import RLIMIT_FSIZE, getrlimit, setrlimit
from signal import SIG_IGN, SIGXFSZ, signal


@contextmanager
def full_disk(most: int) -> Iterator[None]:
    """Let no file of this process grow beyond some bytes."""
    before, limits = signal(SIGXFSZ, SIG_IGN), getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (most, limits[1]))
    try:
        yield
    finally:
        setrlimit(RLIMIT_FSIZE, limits)
        signal(SIGXFSZ, before)
