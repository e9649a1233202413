"""Passages: chunks as retrieved for one question; the only knowledge that chat ever sees."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a published document, with its place and why it was found.

    ``start`` and ``end`` are character offsets in the version's text. ``dense`` is the
    cosine similarity, ``lexical`` the share of the best possible BM25 score (0 to 1),
    ``score`` their fusion; higher is better.
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

    @property
    def place(self) -> str:
        """Return where it stands, for people: title, page and headings."""
        page = f"p. {self.page}" if self.page else ""
        return " · ".join(part for part in (self.title, page, " › ".join(self.heading_path)) if part)
