"""Curated answers: from a customer's question to the answer that staff approved for it.

``match`` is the front door of chat; ``keeping`` holds what staff do, ``exchange`` moves
many at once, ``vectors`` makes questions findable, ``reviewing`` warns of newer documents.
"""

from knowledge.curated.alike import asks_the_same, wording_of
from knowledge.curated.matching import CuratedMatch, count_hit, match

__all__ = ["CuratedMatch", "asks_the_same", "count_hit", "match", "wording_of"]
