"""The chunks of a document: from a button beside a passage to the edit that is laid on it.

Each act makes a new version; until that is live, customers and this page show the old words.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.curation import edits
from knowledge.curation.conflicts import keep_mine, take_source
from knowledge.curation.edits import EditView
from knowledge.errors import PermanentError
from knowledge.models import Chunk, Document, Edit, EditKind
from knowledge.parsing.base import BlockKind
from knowledge.querysets import documents_in_shelves
from knowledge.sentences import sentences
from knowledge.staff.access import member_of_staff, staff_required, way_back
from knowledge.staff.pages import staff_page

TEXTUAL = (EditKind.REPLACE, EditKind.ADD)
SOON = gettext_lazy("Saved. Customers read it as soon as the new version is ready.")
MOST_TEXT = 50_000  # characters; a passage holds a few thousand


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A chunk of the list with the edits that lie on it."""

    chunk: Chunk
    edits: tuple[EditView, ...]

    @property
    def disabling(self) -> Edit | None:
        """Return the edit that keeps the chunk from being found."""
        return next((view.edit for view in self.edits if view.edit.kind == EditKind.DISABLE), None)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence or row of a chunk; ``start`` is its place in the text, 0 for the first."""

    text: str
    start: int


def rows_of(chunks: Iterable[Chunk], views: Sequence[EditView]) -> list[ChunkRow]:
    """Put beside each chunk the edits that lie on it."""
    return [ChunkRow(chunk, tuple(view for view in views if _lies_on(view, chunk))) for chunk in chunks]


def pieces_of(chunk: Chunk) -> list[Piece]:
    """Return the sentences of a chunk, or the rows of a table: between them it can be split."""
    text = chunk.text
    if chunk.kind == BlockKind.TABLE:
        starts = [0, *(place + 1 for place, letter in enumerate(text) if letter == "\n")]
    else:
        starts = [start for start, _end in sentences(text, chunk.language)]
    ends = [*starts[1:], len(text)]
    pairs = zip(starts, ends, strict=True)
    return [Piece(text[start:end].strip(), start) for start, end in pairs if text[start:end].strip()]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def chunk_text(request: HttpRequest, document_id: uuid.UUID, chunk_id: int) -> HttpResponse:
    """Change the words of a chunk."""

    def replaced(chunk: Chunk, by: User) -> object:
        return edits.replace_text(chunk, _written(request), by)

    return _page_of_chunk(request, (document_id, chunk_id), "staff/chunks/text.html", replaced)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def chunk_add(request: HttpRequest, document_id: uuid.UUID, chunk_id: int) -> HttpResponse:
    """Add a passage behind a chunk."""

    def added(chunk: Chunk, by: User) -> object:
        return edits.add_text(chunk, _written(request), by)

    return _page_of_chunk(request, (document_id, chunk_id), "staff/chunks/add.html", added)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def chunk_split(request: HttpRequest, document_id: uuid.UUID, chunk_id: int) -> HttpResponse:
    """Make two chunks of one, between two of its sentences or rows."""

    def split(chunk: Chunk, by: User) -> object:
        place = request.POST.get("at", "")
        if not (place.isascii() and place.isdigit()) or int(place) > len(chunk.text):
            raise PermanentError(_("Choose the place where the second passage begins."))
        return edits.split_at(chunk, int(place), by)

    return _page_of_chunk(request, (document_id, chunk_id), "staff/chunks/split.html", split)


@require_POST
@staff_required
def chunk_merge(request: HttpRequest, document_id: uuid.UUID, chunk_id: int) -> HttpResponse:
    """Make one chunk of a chunk and the next."""
    document = _document(document_id)
    return _done(
        request, document, lambda by: edits.merge_with_next(_chunk(document, chunk_id), by), str(SOON)
    )


@require_POST
@staff_required
def chunk_disable(request: HttpRequest, document_id: uuid.UUID, chunk_id: int) -> HttpResponse:
    """Keep a chunk from being found."""
    document = _document(document_id)
    sentence = _("Saved. No question finds this passage as soon as the new version is ready.")
    return _done(request, document, lambda by: edits.disable(_chunk(document, chunk_id), by), sentence)


@require_POST
@staff_required
def edit_undo(request: HttpRequest, document_id: uuid.UUID, edit_id: int) -> HttpResponse:
    """Take an edit back."""
    document, edit = _edit(document_id, edit_id)
    sentence = _("Undone. Customers read the text without this edit as soon as the new version is ready.")
    return _done(request, document, lambda by: edits.undo(edit, by), sentence)


@require_POST
@staff_required
def conflict_keep(request: HttpRequest, document_id: uuid.UUID, edit_id: int) -> HttpResponse:
    """Lay an edit on what the source says now, as it is or reworded."""
    document, edit = _edit(document_id, edit_id)
    text = _written(request) if edit.kind in TEXTUAL and "text" in request.POST else None
    return _done(request, document, lambda by: keep_mine(edit, by, text), str(SOON))


@require_POST
@staff_required
def conflict_source(request: HttpRequest, document_id: uuid.UUID, edit_id: int) -> HttpResponse:
    """Let the source's words stand."""
    document, edit = _edit(document_id, edit_id)
    sentence = _("The source's text stands; the edit is ended.")
    return _done(request, document, lambda by: take_source(edit, by), sentence)


def _page_of_chunk(
    request: HttpRequest, which: tuple[uuid.UUID, int], template: str, act: Callable[[Chunk, User], object]
) -> HttpResponse:
    """Show the form of a chunk, or do what it says; a refusal stands above what was written."""
    document = _document(which[0])
    home = reverse("staff:document", args=[document.pk])
    back = way_back(request, home)
    context: dict[str, object] = {"section": "documents", "document": document, "back": back}
    try:
        chunk = _chunk(document, which[1])
    except PermanentError as error:
        messages.error(request, str(error))
        return redirect(home)
    written = chunk.text if template.endswith("text.html") else ""
    if request.method == "POST":
        written = request.POST.get("text", "")
        try:
            act(chunk, member_of_staff(request))
        except PermanentError as error:
            context["refusal"] = str(error)
        else:
            messages.success(request, str(SOON))
            return redirect(back)
    context |= {"chunk": chunk, "written": written, "pieces": pieces_of(chunk)}
    return staff_page(request, template, context)


def _done(request: HttpRequest, document: Document, act: Callable[[User], object], done: str) -> HttpResponse:
    """Run ``act``, say in one sentence how it went, and lead back to the document."""
    try:
        act(member_of_staff(request))
    except PermanentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(way_back(request, reverse("staff:document", args=[document.pk])))


def _document(document_id: uuid.UUID) -> Document:
    return get_object_or_404(documents_in_shelves(), pk=document_id)


def _chunk(document: Document, chunk_id: int) -> Chunk:
    """Return a chunk of the document; every new version gives its chunks new numbers."""
    chunk = Chunk.objects.filter(version__document=document, pk=chunk_id).defer("lexemes").first()
    if chunk is None:
        raise PermanentError(_("A newer version replaced this passage meanwhile: find it in the list below."))
    return chunk


def _edit(document_id: uuid.UUID, edit_id: int) -> tuple[Document, Edit]:
    document = _document(document_id)
    return document, get_object_or_404(Edit, document=document, pk=edit_id)


def _written(request: HttpRequest) -> str:
    text: str = request.POST.get("text", "")
    if len(text) > MOST_TEXT or "\0" in text:
        raise PermanentError(_("This is too long or not plain text: write what one passage shall say."))
    return text


def _lies_on(view: EditView, chunk: Chunk) -> bool:
    if view.start is None or view.end is None:
        return False
    return view.start < chunk.end and chunk.start < max(view.end, view.start + 1)
