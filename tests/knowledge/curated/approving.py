"""Approving in tests: curated answers made the way staff make them."""

from collections.abc import Callable
from typing import Any

from knowledge.curated import keeping
from knowledge.curated.planning import CuratedPlan
from knowledge.embedding import EmbedderUnavailable, Vectors
from knowledge.models import CuratedAnswer
from tests.factories import shelf
from tests.fakes import AxisEmbedder

TEXT = "Hold the power button for ten seconds until the lamp blinks twice."


def approved(question: str = "How do I reset the machine?", *variants: str, **columns: Any) -> CuratedAnswer:
    """Return a curated answer in the help centre; ``columns`` replace parts of its plan."""
    values = {"collection": shelf(), "text": TEXT, "language": "en", **columns}
    return keeping.add(CuratedPlan(question=question, variants=variants, **values))


class CountingEmbedder(AxisEmbedder):
    """Counts the questions that were embedded, is away when told so, and lets things happen meanwhile."""

    asked: list[str] = []
    is_away = False
    while_asked: Callable[[], object] | None = None

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question, or be away."""
        if CountingEmbedder.is_away:
            raise EmbedderUnavailable("The embedder is away.")
        self.asked.append(text)
        if CountingEmbedder.while_asked is not None:
            happen, CountingEmbedder.while_asked = CountingEmbedder.while_asked, None
            happen()
        return super().embed_query(text)
