"""Views of documents: from rows to what the API shows of them."""

import uuid
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Schema

from knowledge.api.links import reader_link
from knowledge.api.refusals import missing
from knowledge.models import Chunk, Document, Finding, Version
from knowledge.querysets import documents_in_shelves


class VersionOut(Schema):
    """A version: one state of a document, and how far its making is."""

    id: uuid.UUID
    number: int
    state: str = Field(description="queued, working, ready, failed or cancelled.")
    stage: str = Field(description="What the worker is at; empty when nobody works on it.")
    done: int
    total: int = Field(description="Of so many steps of the stage; 0 when nobody knows yet.")
    reason: str = Field(description="Why it failed, in a sentence.")
    origin: str = Field(description="upload, sync, edit or retry.")
    media_type: str
    size: int = Field(description="Bytes of the original.")
    language: str
    pages: int | None
    created_at: datetime
    finished_at: datetime | None


class DocumentOut(Schema):
    """A document and the state of its latest version."""

    id: uuid.UUID
    title: str
    file_name: str
    collection: str
    audience: str
    language: str
    fixed_language: str
    is_published: bool
    is_pinned: bool
    review_on: date | None
    expires_on: date | None
    created_at: datetime
    updated_at: datetime
    chunks: int
    live_version: int | None = Field(description="The number of the version that customers read.")
    latest_version: VersionOut | None
    url: str | None = Field(description="Where people read it.")


class Warned(Schema):
    """Something that staff should look at."""

    kind: str
    message: str
    excerpt: str
    other: uuid.UUID | None


class DocumentDetail(DocumentOut):
    """A document with its warnings and its latest versions."""

    warnings: list[Warned]
    versions: list[VersionOut]


class DocumentPage(Schema):
    """A page of documents, newest first."""

    items: list[DocumentOut]
    after: str = Field(description="The cursor of the next page; empty on the last one.")


class VersionPage(Schema):
    """A page of versions, newest first."""

    items: list[VersionOut]
    after: str


class ChunkOut(Schema):
    """A chunk of the live version."""

    id: int
    ordinal: int
    text: str
    kind: str
    question: str
    heading_path: list[str]
    page: int | None
    last_page: int | None
    start: int
    end: int
    language: str
    is_disabled: bool
    url: str


class ChunkPage(Schema):
    """A page of chunks, in reading order."""

    items: list[ChunkOut]
    after: str


def document_at(document_id: uuid.UUID) -> Document:
    """Return a document, or refuse because there is none."""
    document = documents_in_shelves().filter(pk=document_id).first()
    if document is None:
        raise missing(f"There is no document {document_id}.")
    return document


def shown_version(version: Version) -> VersionOut:
    """Return a version as the API shows it."""
    return VersionOut.model_validate(version)


def shown_document(request: HttpRequest, document: Document) -> DocumentOut:
    """Return a document as lists show it."""
    return DocumentOut(**_values(request, document))


def detailed_document(
    request: HttpRequest, document: Document, findings: list[Finding], versions: list[Version]
) -> DocumentDetail:
    """Return a document with what staff should look at, and its versions."""
    return DocumentDetail(
        **_values(request, document),
        warnings=[
            Warned(
                kind=finding.kind,
                message=finding.get_kind_display(),
                excerpt=finding.excerpt,
                other=finding.document_id if finding.other_id == document.pk else finding.other_id,
            )
            for finding in findings
        ],
        versions=[shown_version(version) for version in versions],
    )


def shown_chunk(request: HttpRequest, chunk: Chunk) -> ChunkOut:
    """Return a chunk with the link to its place."""
    names = set(ChunkOut.model_fields) - {"url"}
    url = reader_link(request, chunk.version_id, chunk.start, chunk.end)
    return ChunkOut(**{name: getattr(chunk, name) for name in names}, url=url)


def _values(request: HttpRequest, document: Document) -> dict[str, Any]:
    names = set(DocumentOut.model_fields) - {"collection", "chunks", "live_version", "latest_version", "url"}
    latest, live = document.latest_version, document.live_version
    return {name: getattr(document, name) for name in names} | {
        "collection": document.collection.slug,
        "chunks": getattr(document, "chunk_count", 0),
        "live_version": live.number if live else None,
        "latest_version": shown_version(latest) if latest else None,
        "url": reader_link(request, live.pk) if live else None,
    }
