"""Steering documents over the API: publish, unpublish, retry, cancel and roll back."""

import uuid

from django.http import HttpRequest
from ninja import Router, Schema

from knowledge.api.document_views import (
    DocumentOut,
    VersionOut,
    document_at,
    shown_document,
    shown_version,
)
from knowledge.api.door import member
from knowledge.api.refusals import conflicts, missing
from knowledge.ingestion import steering
from knowledge.querysets import versions_of

router = Router()


class Steered(Schema):
    """A sentence on when customers notice, and the document as it is now."""

    note: str
    document: DocumentOut


@router.post("/documents/{uuid:document_id}/publish", response=DocumentOut)
def publish_document(request: HttpRequest, document_id: uuid.UUID) -> DocumentOut:
    """Let answers use a document, from the next question on."""
    steering.set_published(document_at(document_id), True, member(request))
    return shown_document(request, document_at(document_id))


@router.post("/documents/{uuid:document_id}/unpublish", response=DocumentOut)
def unpublish_document(request: HttpRequest, document_id: uuid.UUID) -> DocumentOut:
    """Keep answers from using a document, from the next question on."""
    steering.set_published(document_at(document_id), False, member(request))
    return shown_document(request, document_at(document_id))


@router.post("/documents/{uuid:document_id}/retry", response={202: VersionOut})
def retry_document(request: HttpRequest, document_id: uuid.UUID) -> VersionOut:
    """Make a new version from the bytes of the latest one."""
    document = document_at(document_id)
    with conflicts():
        return shown_version(steering.retry(document, member(request)))


@router.post("/documents/{uuid:document_id}/cancel", response=DocumentOut)
def cancel_document(request: HttpRequest, document_id: uuid.UUID) -> DocumentOut:
    """Stop the making of the latest version; what customers read stays as it is."""
    with conflicts():
        steering.cancel(document_at(document_id), member(request))
    return shown_document(request, document_at(document_id))


@router.post(
    "/documents/{uuid:document_id}/versions/{int:number}/roll-back",
    response=Steered,
)
def roll_back_document(request: HttpRequest, document_id: uuid.UUID, number: int) -> Steered:
    """Let customers read an earlier version again."""
    document = document_at(document_id)
    version = versions_of(document).filter(number=number).first()
    if version is None:
        raise missing(f"“{document.title}” has no version {number}.")
    with conflicts():
        note = steering.roll_back(document, version, member(request))
    return Steered(note=note, document=shown_document(request, document_at(document_id)))
