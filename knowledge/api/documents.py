"""Documents over the API: listed, looked at, revised and deleted."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import StrictBool, StringConstraints

from knowledge.api.collections import Reader
from knowledge.api.document_views import (
    ChunkPage,
    DocumentDetail,
    DocumentOut,
    DocumentPage,
    VersionPage,
    detailed_document,
    document_at,
    shown_chunk,
    shown_document,
    shown_version,
)
from knowledge.api.door import member
from knowledge.api.reading import PageAsked, Plain, Said, Slug, Words, page_of, shelf_named
from knowledge.api.refusals import invalid
from knowledge.curation.findings import open_findings
from knowledge.ingestion.steering import Particulars, delete_document, revise
from knowledge.language import LANGUAGES
from knowledge.querysets import DocumentFilters, chunks_of, documents_matching, versions_of
from knowledge.staff.ordered import Ordered
from knowledge.staff.paging import Keyset

router = Router()
LATEST_VERSIONS = 10  # in the view of one document; the route of versions has all of them
States = Literal["queued", "working", "ready", "failed", "cancelled"]


class DocumentsAsked(PageAsked):
    """Which documents; left out means any."""

    q: Words = Field("", description="Words of the title or the file name.")
    collection: Slug = ""
    state: States | None = Field(None, description="The state of the latest version.")
    audience: Reader | None = None
    language: Slug = ""
    published: bool | None = None


class ChunksAsked(PageAsked):
    """Which chunks; left out means any."""

    q: Words = Field("", description="Words of the chunk.")


class DocumentChanges(Said):
    """What changes about a document beside its text; left out means it stays."""

    title: Annotated[Plain, StringConstraints(max_length=300)] | None = None
    fixed_language: Slug | None = Field(None, description="A code like “de”; empty: as detected.")
    audience: Reader | None = None
    collection: Slug | None = Field(None, description="The slug of the collection it moves to.")
    review_on: date | None = Field(None, description="The day staff are asked whether it holds; null: never.")
    expires_on: date | None = Field(None, description="The day it is found no more; null: never.")
    is_pinned: StrictBool | None = None


@router.get("/documents", response=DocumentPage)
def list_documents(request: HttpRequest, asked: Query[DocumentsAsked]) -> DocumentPage:
    """List documents, newest first."""
    filters = DocumentFilters(
        words=asked.q,
        collection=shelf_named(asked.collection) if asked.collection else None,
        state=asked.state or "",
        audience=asked.audience or "",
        language=asked.language,
        published=asked.published,
    )
    page = page_of(Keyset("created_at", size=asked.limit), documents_matching(filters), asked)
    return DocumentPage(items=[shown_document(request, row) for row in page.rows], after=page.after)


@router.get("/documents/{uuid:document_id}", response=DocumentDetail)
def show_document(request: HttpRequest, document_id: uuid.UUID) -> DocumentDetail:
    """Show one document: its state, its warnings and its latest versions."""
    document = document_at(document_id)
    versions = list(versions_of(document)[:LATEST_VERSIONS])
    return detailed_document(request, document, open_findings(document=document), versions)


@router.patch("/documents/{uuid:document_id}", response=DocumentOut)
def revise_document(request: HttpRequest, document_id: uuid.UUID, wanted: DocumentChanges) -> DocumentOut:
    """Change title, language, audience, collection, dates or pin of a document."""
    document = document_at(document_id)
    changes: dict[str, Any] = wanted.dict(exclude_unset=True)
    for name in set(changes) - {"review_on", "expires_on"}:
        if changes[name] is None:
            raise invalid(f"“{name}” cannot be null: leave it out to keep it.")
    if changes.get("fixed_language", "") not in ("", *LANGUAGES):
        raise invalid(f"“{changes['fixed_language']}” is no language code we know: use one like en or de.")
    if "collection" in changes:
        changes["collection"] = shelf_named(changes["collection"])
    now = Particulars.of(document)
    values = {name: getattr(now, name) for name in Particulars.__dataclass_fields__}
    revise(document, Particulars(**{**values, **changes}), member(request))
    return shown_document(request, document_at(document_id))


@router.delete("/documents/{uuid:document_id}", response={204: None})
def remove_document(request: HttpRequest, document_id: uuid.UUID) -> None:
    """Delete a document with all its versions; citations keep their copies of what was shown."""
    delete_document(document_at(document_id), member(request))


@router.get("/documents/{uuid:document_id}/versions", response=VersionPage)
def list_versions(request: HttpRequest, document_id: uuid.UUID, asked: Query[PageAsked]) -> VersionPage:
    """List the versions of a document, newest first."""
    newest = Ordered("number", is_descending=True, size=asked.limit)
    page = page_of(newest, versions_of(document_at(document_id)), asked)
    return VersionPage(items=[shown_version(row) for row in page.rows], after=page.after)


@router.get("/documents/{uuid:document_id}/chunks", response=ChunkPage)
def list_chunks(request: HttpRequest, document_id: uuid.UUID, asked: Query[ChunksAsked]) -> ChunkPage:
    """List the chunks of the live version, in reading order."""
    chunks = chunks_of(document_at(document_id).live_version, asked.q)
    page = page_of(Ordered("ordinal", size=asked.limit), chunks, asked)
    return ChunkPage(items=[shown_chunk(request, row) for row in page.rows], after=page.after)
