"""Passages: chunks as retrieved for one question; the only knowledge that chat ever sees."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a published document, with its place and why it was found.

    ``start`` and ``end`` are character offsets in the version's text. ``dense`` is the
    cosine similarity, ``lexical`` the share of the best possible BM25 score (0 to 1), ``score``
    the probability, among all candidates, that it is the one that answers; higher is better.

    For deciding: ``nearness`` is where the cosine lies between unrelated texts (0) and the same
    text (1), ``lead`` how far that is above the run of the candidates, ``words`` the BM25 score
    itself, ``coverage`` the share of the question's weight, unknown words included, that it holds.
    ``code`` is how much a part number or an error code of the question singles it out (0 to 1);
    ``lacks_code`` says that the question names some and that nothing holds any. ``closest`` is how near the
    nearest of its sentences is to the question, on the scale of ``nearness``; None where nobody looked.
    """

    chunk_id: int
    document_id: uuid.UUID
    version_id: uuid.UUID
    title: str
    heading_path: tuple[str, ...]
    page: int | None
    start: int
    end: int
    text: str
    kind: str
    question: str
    language: str
    dense: float
    lexical: float
    score: float
    nearness: float = 0.0
    lead: float = 0.0
    words: float = 0.0
    coverage: float = 0.0
    code: float = 0.0
    lacks_code: bool = False
    closest: float | None = None

    @property
    def place_without_page(self) -> str:
        """Return its title and last heading, short enough to choose by."""
        return " › ".join(dict.fromkeys((self.title, *self.heading_path[-1:])))

    @property
    def place(self) -> str:
        """Return where it stands, for people: title, page and headings."""
        page = f"p. {self.page}" if self.page else ""
        return " · ".join(part for part in (self.title, page, " › ".join(self.heading_path)) if part)
