"""Curated: an approved answer as events, word for word.

Staff vouch for it, so it passes neither the model nor the support check. Its one citation
opens the document it links to, or says that it was approved and where to read on.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from chat.answering.citing import Citer, mark
from chat.answering.events import AnswerEvent, CitationDraft, Cited, Curated, Finished, Found, Text
from knowledge.passages import Passage

OUTCOME = ANSWERER = "curated"
APPROVED = {"en": "Approved answer", "de": "Freigegebene Antwort", "es": "Respuesta aprobada"}
# A mark at the end of a table's row or a code block would become part of it.
_ENDS_IN_BLOCK = re.compile(r"(?:\||```|~~~)\s*\Z")


def verbatim(curated: Curated) -> Iterator[AnswerEvent]:
    """Yield the events of a curated answer: its text, whole, and its citation before it."""
    yield Found((_named(curated.source),) if curated.opens else ())
    yield from approved(curated, Citer())
    yield Finished(OUTCOME, ANSWERER, curated)


def approved(curated: Curated, citer: Citer) -> Iterator[Cited | Text]:
    """Yield the text of a curated answer, and its citation before it."""
    source = _named(curated.source)
    made = CitationDraft(0, source, source.text, source.start, source.end, curated.opens, curated.url)
    citation, is_new = citer.approve(curated.answer_id, made)
    if is_new:
        yield Cited(citation)
    glue = "\n\n" if _ENDS_IN_BLOCK.search(curated.text) else ""
    yield Text(f"{curated.text}{glue}{mark([citation])}")


def _named(source: Passage) -> Passage:
    """Say that it was approved: as the title, or as the place in the document it links to."""
    said = APPROVED.get(source.language, APPROVED["en"])
    return replace(source, heading_path=(said,)) if source.title else replace(source, title=said)
