"""Planning: whether a search walks the indexes or looks at every chunk it may see.

An index over everything finds little of what a narrow scope may see: of 100,000 chunks with
7 % visible it gave 3 of 10 neighbours (docs/evaluation.md), and a word that is rare on one shelf may
be common on all the others. A small scope is therefore scanned, exactly; a large one goes
by the indexes, on and on until enough rows pass its filters.
"""

from dataclasses import dataclass
from enum import Enum

# A scan of so many chunks costs about what the walk through the index costs (bench/scale.py).
SCANNED = 12_000
# Where most of the index may be seen nothing is lost by walking it, and from so many chunks on it is cheaper.
WALKED = 3_000
BREADTHS = ((50_000, 200), (300_000, 400))  # up to so many chunks
BROADEST = 800
NEAREST, FURTHER = 60, 150


class Plan(Enum):
    """How candidates are found."""

    SCAN = "scan"
    INDEX = "index"


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a search walks through the index of neighbours.

    ``breadth`` is the walk's list (``hnsw.ef_search``), ``neighbours`` how many it brings home.
    """

    breadth: int
    neighbours: int


SHORT = Walk(200, NEAREST)


def plan(chunks: int, all_chunks: int) -> Plan:
    """Return how to search a scope that holds so many chunks of an index of ``all_chunks``."""
    is_most = 2 * chunks > all_chunks
    return Plan.SCAN if chunks <= (WALKED if is_most else SCANNED) else Plan.INDEX


def walk(chunks: int, all_chunks: int) -> Walk:
    """Return how to walk an index of ``all_chunks`` for a scope that holds ``chunks`` of them.

    The more there are, the more often the way to a near one leads past it: of the ten nearest a list of 200
    found .92 among 100,000 and .83 among 1,000,000, one of 800 found .96 (bench/scale.py). The
    neighbours of a scope of a tenth are ten times as far off, so such a walk goes further.
    """
    breadth = next((breadth for most, breadth in BREADTHS if all_chunks <= most), BROADEST)
    return Walk(breadth, NEAREST if 2 * chunks > all_chunks else FURTHER)
