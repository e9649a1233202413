"""Taking in over the API: files and texts that become documents, or the next versions of known ones.

A document is known by its collection and file name: sending a file again is safe. The same
bytes do no work, other bytes become the next version, which customers read once it is ready.
One address has one router: these routes join those of ``documents``.
"""

import tempfile
import uuid
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Literal

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest
from django.utils.text import slugify
from ninja import Field, File, Form, Schema
from ninja.errors import HttpError
from ninja.files import UploadedFile as SentFile
from ninja.responses import Status
from pydantic import StringConstraints

from knowledge.api.document_views import DocumentOut, VersionOut, document_at, shown_document, shown_version
from knowledge.api.documents import router
from knowledge.api.door import member
from knowledge.api.reading import Plain, Said, Slug, shelf_named
from knowledge.api.refusals import invalid
from knowledge.ingestion.accept import Accepted, Made, accept_file
from knowledge.ingestion.unpacking import Receipt, accept_upload
from knowledge.models import Collection
from knowledge.parsing.guards import RejectedFile, is_archive

__all__ = ["router"]

SUFFIXES = {"markdown": ".md", "text": ".txt"}
Title = Annotated[Plain, StringConstraints(max_length=300, strip_whitespace=True)]


class Received(Schema):
    """What became of a file: its document, and the version that is made of it or was known."""

    is_new: bool = Field(description="False: these bytes were known, and nothing is done.")
    note: str
    document: DocumentOut
    version: VersionOut


class ReceivedMember(Schema):
    """What became of one file of an archive."""

    file_name: str
    accepted: bool
    note: str
    document: uuid.UUID | None
    version: int | None


class ReceivedArchive(Schema):
    """What became of the files of an archive."""

    items: list[ReceivedMember]


class NewDocument(Said):
    """Where a file goes."""

    collection: Slug = Field(description="The slug of the collection.")
    title: Title = Field("", description="What customers see; left out: what the document calls itself.")


class NewArchive(Said):
    """Where the files of an archive go."""

    collection: Slug = Field(description="The slug of the collection.")


class NewText(Said):
    """A text that becomes a document."""

    collection: Slug = Field(description="The slug of the collection.")
    title: Title = Field(min_length=1)
    text: Plain = Field(min_length=1)
    format: Literal["markdown", "text"] = "markdown"
    file_name: Annotated[Plain, StringConstraints(max_length=200, strip_whitespace=True)] = Field(
        "", description="By which it is known when it comes again; left out: made of the title."
    )


TAKEN = {200: Received, 201: Received}


@router.post("/documents", response=TAKEN)
def send_document(request: HttpRequest, wanted: Form[NewDocument], file: File[SentFile]) -> Status[Received]:
    """Send a file: a new document (201), the next version of a known one (201), or known bytes (200)."""
    path, name = _on_disk(file), _name(file)
    if is_archive(path, name):
        raise invalid("This is an archive: send it to /archives, which takes in each file of it.")
    shelf = shelf_named(wanted.collection)
    return _received(request, _accepted(path, name, shelf, _made(request), wanted.title))


@router.post("/documents/text", response=TAKEN)
def send_text(request: HttpRequest, wanted: NewText) -> Status[Received]:
    """Send a text; what its file name is known by becomes the next version of that document."""
    shelf = shelf_named(wanted.collection)
    suffix = SUFFIXES[wanted.format]
    name = (wanted.file_name or slugify(wanted.title, allow_unicode=True)[:200]).removesuffix(suffix)
    if not name:
        raise invalid("No file name can be made of this title: send “file_name” too.")
    with tempfile.NamedTemporaryFile(prefix="text-", suffix=suffix) as file:
        file.write(wanted.text.encode())
        file.flush()
        accepted = _accepted(Path(file.name), name + suffix, shelf, _made(request), wanted.title)
    return _received(request, accepted)


@router.post("/documents/{uuid:document_id}/versions", response=TAKEN)
def send_version(request: HttpRequest, document_id: uuid.UUID, file: File[SentFile]) -> Status[Received]:
    """Replace the bytes of a document; it keeps its file name, whatever the file sent is called."""
    document = document_at(document_id)
    accepted = _accepted(_on_disk(file), document.file_name, document.collection, _made(request))
    if accepted.document.pk != document.pk:
        other = f"“{accepted.document.title}” ({accepted.document.pk})"
        raise HttpError(HTTPStatus.CONFLICT, f"These bytes are those of {other} in the same collection.")
    return _received(request, accepted)


@router.post("/archives", response=ReceivedArchive)
def send_archive(request: HttpRequest, wanted: Form[NewArchive], file: File[SentFile]) -> ReceivedArchive:
    """Send a ZIP: each file of it becomes a document, and one that is refused stops no other."""
    path, name = _on_disk(file), _name(file)
    if not is_archive(path, name):
        raise HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "This is no ZIP: send it to /documents.")
    receipts = accept_upload(path, name, shelf_named(wanted.collection), _made(request))
    return ReceivedArchive(items=[_receipt(receipt) for receipt in receipts])


def _accepted(path: Path, name: str, collection: Collection, made: Made, title: str = "") -> Accepted:
    try:
        return accept_file(path, name, collection, made, title)
    except RejectedFile as error:
        size = path.stat().st_size
        status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE if size else HTTPStatus.UNPROCESSABLE_ENTITY
        if size > settings.UPLOAD_MAX_MB * 1_000_000:
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        raise HttpError(status, str(error)) from error


def _received(request: HttpRequest, accepted: Accepted) -> Status[Received]:
    received = Received(
        is_new=accepted.is_new,
        note=accepted.note,
        document=shown_document(request, document_at(accepted.document.pk)),
        version=shown_version(accepted.version),
    )
    return Status(HTTPStatus.CREATED if accepted.is_new else HTTPStatus.OK, received)


def _receipt(receipt: Receipt) -> ReceivedMember:
    accepted = receipt.accepted
    return ReceivedMember(
        file_name=receipt.file_name,
        accepted=accepted is not None,
        note=receipt.sentence,
        document=accepted.document.pk if accepted else None,
        version=accepted.version.number if accepted else None,
    )


def _made(request: HttpRequest) -> Made:
    return Made(member(request))


def _name(file: "UploadedFile[bytes]") -> str:
    if not file.name:
        raise invalid("The file has no name: send it with the name it is to be known by.")
    return file.name


def _on_disk(file: "UploadedFile[bytes]") -> Path:
    """Return where the door's upload handler put the bytes."""
    if not isinstance(file, TemporaryUploadedFile):
        raise TypeError(f"{file.name} did not come through the door")
    return Path(file.temporary_file_path())
