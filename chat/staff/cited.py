"""What cites a document: from its page to the answers that rest on it, newest first.

Staff look here before they change or delete it, and to see what became of its words.
"""

import uuid
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chat.models import Citation
from chat.querysets import citations_of_answers, first_citations
from knowledge.staff.access import staff_required
from knowledge.staff.ordered import Ordered
from knowledge.staff.pages import Heading, heading_of, staff_page

# Citations are only ever added: their numbers are in the order of their moments.
NEWEST = Ordered("id", is_descending=True)


@dataclass(frozen=True, slots=True)
class Quoted:
    """One citation of the document, and which of its versions it quotes; no number when that is gone."""

    citation: Citation
    number: int | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An answer that cites the document, and all that it quotes from it."""

    first: Citation
    quotes: list[Quoted]


@require_safe
@staff_required
def cited(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Show the answers that cite a document: question, quotes, version and what people thought of it."""
    heading = heading_of(document_id)
    page = NEWEST.page(first_citations(document_id), request.GET.dict())
    context = {
        "section": "documents",
        "document_id": document_id,
        "heading": heading,
        "page": page,
        "rows": _rows(page.rows, heading),
    }
    return staff_page(request, "staff/conversations/cited.html", context)


def _rows(first: list[Citation], heading: Heading) -> list[Row]:
    """Put beside each answer what else it quotes from the document."""
    quotes: dict[uuid.UUID, list[Quoted]] = {}
    for citation in citations_of_answers(first):
        version = citation.version_id
        number = heading.numbers.get(version) if version else None
        is_live = version is not None and version == heading.live_version
        quotes.setdefault(citation.message_id, []).append(Quoted(citation, number, is_live))
    return [Row(citation, quotes.get(citation.message_id, [])) for citation in first]
