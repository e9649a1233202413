"""Citing: numbers for passages, in the order in which the answer first uses them."""

import re
from collections.abc import Sequence

from chat.answering.events import CitationDraft
from knowledge.passages import Passage

MARK = re.compile(r"\s*\[(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\]")


def marks_in(text: str) -> list[int]:
    """Return the source numbers a model wrote into a sentence, in order."""
    return [int(number) for group in MARK.findall(text) for number in re.split(r"\s*[,;]\s*", group)]


def without_marks(text: str) -> str:
    """Return a sentence without its marks."""
    return MARK.sub("", text)


def without_brackets(text: str) -> str:
    """Put a document's own "[3]" in round brackets, or it would pass for a citation of ours."""
    return re.sub(r"\[(\d{1,2})\]", r"(\1)", text)


class Citer:
    """Gives each cited passage its number, once."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[int, int, int], CitationDraft] = {}

    def cite(self, passage: Passage, start: int = 0, end: int | None = None) -> tuple[CitationDraft, bool]:
        """Return the citation of a stretch of a passage, and whether it is new.

        Args:
            passage: What is cited.
            start: Offset of the stretch in the passage's text.
            end: Its end; None for the end of the passage.
        """
        end = len(passage.text) if end is None else end
        key = (passage.chunk_id, start, end)
        known = self._by_key.get(key)
        if known is not None:
            return known, False
        # Parts of a table repeat their header, so their text is longer than their span: clip to the span.
        first = min(passage.start + start, passage.end)
        last = min(passage.start + end, passage.end)
        citation = CitationDraft(len(self._by_key) + 1, passage, passage.text[start:end], first, last)
        self._by_key[key] = citation
        return citation, True


def mark(citations: Sequence[CitationDraft]) -> str:
    """Return the marks of citations as they stand in the text: " [1] [2]"."""
    return "".join(f" [{number}]" for number in sorted({citation.number for citation in citations}))
