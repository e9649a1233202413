"""Looks: what a reader found at the address of one page."""

from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.crawling.fetch import Known


class Why(StrEnum):
    """Why a page is left out; the counts of a run are kept by it."""

    ROBOTS = "robots"
    PATTERNS = "patterns"
    BUDGET = "budget"
    TRAPS = "traps"
    ELSEWHERE = "elsewhere"  # it leads to another page, or asks not to be taken
    KIND = "kind"
    TWIN = "twin"  # its content is there already
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Same:
    """The page is as it was; ``known`` is for the next request."""

    known: Known | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The page has content: its bytes, the name it goes by, and what identifies its words."""

    data: bytes
    file_name: str
    sha256: str
    known: Known
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """There is nothing there any more."""

    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """We do not take the page, though we may follow its links."""

    why: Why
    reason: str
    leads_to: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """The page could not be had or taken; its document stays as it is."""

    reason: str


Look = Same | Body | Missing | LeftOut | Failed


@dataclass(frozen=True, slots=True)
class Found:
    """An address that a run comes across: ``depth`` clicks away, left out already or to be looked at."""

    address: str
    depth: int = 0
    left_out: LeftOut | None = field(default=None)
