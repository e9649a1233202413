"""Planning: whether a search walks the indexes or looks at every chunk it may see.

An index over everything finds little of what a narrow scope may see: of 100,000 chunks with
7 % visible it gave 3 of 10 neighbours (docs/evaluation.md), and a word that is rare on one shelf may
be common on all the others. A small scope is therefore scanned, exactly; a large one goes
by the indexes, on and on until enough rows pass its filters.
"""

from enum import Enum

# A scan of so many chunks costs about what the walk through the index costs (bench/scale.py).
SCANNED = 12_000


class Plan(Enum):
    """How candidates are found."""

    SCAN = "scan"
    INDEX = "index"


def plan(chunks: int) -> Plan:
    """Return how to search a scope that holds so many chunks."""
    return Plan.SCAN if chunks <= SCANNED else Plan.INDEX
