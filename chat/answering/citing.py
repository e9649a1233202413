"""Citing: numbers for passages, in the order in which the answer first uses them."""

import re
from collections.abc import Sequence
from dataclasses import replace

from chat.answering.events import CitationDraft
from knowledge.passages import Passage

# The words that models put before a number. Any word would do harm: "[Input 1]" and "[F1]" are keys.
_WORDS = (
    "sources source src documents document docs doc references reference refs ref passages passage "
    "citation excerpt quellen quelle dokumente dokument referenz beleg fuentes fuente documentos "
    "documento referencia référence extrait fontes fonte fonti riferimento referência bronnen bron "
    "kilder kilde källor källa lähde źródła źródło zdroje zdroj források forrás surse sursă sursa "
    "kaynak nguồn източник источник джерело πηγή المصدر مصدر מקור स्रोत แหล่งที่มา 出典 資料 参照 文書 "
    "来源 來源 资料 文档 参考 引用 출처 자료 문서"
)
_LABEL = rf"(?i:{'|'.join(_WORDS.split())})\s*+[.:：_-]?\s*+(?:(?:[#№]|(?i:n[ro°º])?\.?)\s*+)"
# Nothing is numbered 0, so that "[0-9]" and "items[0]" stay what they are.
_RANGE = r"(?!0)\d{1,3}\s*+[-‐‑–—−]\s*+(?!0)\d{1,3}"
_ITEM = rf"(?:\^|{_LABEL})?(?:{_RANGE}|(?!0+\D)\d{{1,3}})"
_BETWEEN = r"(?:\s*+[,;、，；&]|\s++(?i:and|und|et|en|y|e)(?=\s))++\s*+"
# Begins before a run of blanks, never within one, and takes back little: what looks like a mark and is
# none costs no more than its length.
MARK = re.compile(rf"(?<!\s)(\s*+)[\[【［]\s*+({_ITEM}(?:{_BETWEEN}{_ITEM})*+)\s*+[\]】］]")
_NUMBERS = re.compile(r"(\d+)(?:\s*[-‐‑–—−]\s*(\d+))?")
MOST_OF_A_RANGE = 10


def marks_in(text: str) -> list[int]:
    """Return the source numbers a model wrote into a sentence, in order, each once."""
    numbers: list[int] = []
    for found in MARK.finditer(text):
        for first, last in _NUMBERS.findall(found[2]):
            numbers += range(int(first), int(last or first) + 1)[:MOST_OF_A_RANGE] or (int(first), int(last))
    return list(dict.fromkeys(numbers))


def without_marks(text: str) -> str:
    """Return a sentence without its marks, and without any that taking one out would make ("[1[2]]")."""
    return without_brackets(MARK.sub("", text))


def without_brackets(text: str) -> str:
    """Put a document's own "[3]" in round brackets, or it would pass for a citation of ours."""
    return MARK.sub(r"\1(\2)", text)


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
        # Parts of a table repeat their header, so their text is longer than their span: clip to the span.
        first = min(passage.start + start, passage.end)
        last = min(passage.start + end, passage.end)
        return self._once(key, CitationDraft(0, passage, passage.text[start:end], first, last))

    def approve(self, answer_id: int, citation: CitationDraft) -> tuple[CitationDraft, bool]:
        """Return the citation of a curated answer with its number, and whether it is new."""
        return self._once((-answer_id, 0, 0), citation)  # no chunk's key

    def _once(self, key: tuple[int, int, int], citation: CitationDraft) -> tuple[CitationDraft, bool]:
        known = self._by_key.get(key)
        if known is not None:
            return known, False
        numbered = self._by_key[key] = replace(citation, number=len(self._by_key) + 1)
        return numbered, True


def mark(citations: Sequence[CitationDraft]) -> str:
    """Return the marks of citations as they stand in the text: " [1] [2]"."""
    return "".join(f" [{number}]" for number in sorted({citation.number for citation in citations}))
