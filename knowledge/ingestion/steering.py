"""Steering: what staff may do to documents that are in: retry, cancel, publish, revise, roll back, delete."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from knowledge.acts import record, record_on
from knowledge.errors import PermanentError
from knowledge.ingestion import originals, versions
from knowledge.ingestion.accept import Made, Original, queue_version
from knowledge.ingestion.versions import bring_back, locked, move, withdraw
from knowledge.models import Collection, Document, Origin, State, Version


@dataclass(frozen=True, slots=True)
class Particulars:
    """What staff may say about a document beside its text."""

    title: str
    fixed_language: str
    audience: str
    collection: Collection
    review_on: date | None
    expires_on: date | None
    is_pinned: bool

    @classmethod
    def of(cls, document: Document) -> "Particulars":
        """Return a document's particulars as they are."""
        return cls(**{name: getattr(document, name) for name in cls.__dataclass_fields__})


def retry(document: Document, by: User | None = None) -> Version:
    """Make a new version from the bytes of the latest one.

    Raises:
        PermanentError: It is still in progress, or there is nothing to make it from.
    """
    with transaction.atomic():
        kept = Document.objects.select_for_update(of=("self",)).get(id=document.pk)
        latest = kept.latest_version
        if latest is None:
            raise PermanentError("There is no file to try again with: upload it.")
        if latest.is_in_progress:
            raise PermanentError("It is still in progress: cancel it first.")
        record("retried", kept, by, version=latest.number)
        return queue_version(kept, Original.of(latest), Made(by, Origin.RETRY))


def cancel(document: Document, by: User | None = None) -> None:
    """Stop the making of the latest version; what customers read stays as it is.

    Raises:
        PermanentError: Nothing is in progress.
    """
    latest = Version.objects.filter(id__in=[document.latest_version_id] if document.latest_version_id else [])
    waiting = latest.filter(state=State.QUEUED).update(
        state=State.CANCELLED, reason="Cancelled by staff.", finished_at=Now()
    )
    if not waiting and not latest.filter(state=State.WORKING).update(cancel_requested=True):
        raise PermanentError("Nothing is in progress, so there is nothing to cancel.")
    if waiting and document.latest_version_id:
        versions.hide_unmade(document.latest_version_id)  # an earlier attempt may have got far
    record("cancelled", document, by)


def set_published(document: Document, published: bool, by: User | None = None) -> None:
    """Show a document to customers, or hide it from the next question on."""
    if Document.objects.filter(id=document.pk, is_published=not published).update(is_published=published):
        record("published" if published else "unpublished", document, by)


def revise(document: Document, wanted: Particulars, by: User | None = None) -> str:
    """Change what is said about a document; return a sentence on when searching knows.

    Title and language are part of what is searched: when they change, a new version is made.

    Raises:
        PermanentError: The title is empty, or the document is gone.
    """
    if not wanted.title.strip():
        raise PermanentError("A document needs a title: customers see it beside every quote.")
    with locked(document.pk, wanted.collection.pk) as (_, current):
        before = Particulars.of(current)
        if before == wanted:
            return "Nothing was changed."
        move(current, wanted.collection)
        for name in Particulars.__dataclass_fields__:
            setattr(current, name, getattr(wanted, name))
        current.save()
        record("revised", current, by, **_changes(before, wanted))
        latest = current.latest_version
        is_searched = (before.title, before.fixed_language) != (wanted.title, wanted.fixed_language)
        if not is_searched or latest is None or latest.state == State.FAILED:
            return "Saved; it holds from the next question on."
        queue_version(current, Original.of(latest), Made(by, Origin.EDIT))
    return "Saved. Searching knows the new title and language as soon as the new version is ready."


def _changes(before: Particulars, after: Particulars) -> dict[str, list[str]]:
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in Particulars.__dataclass_fields__}
    return {name: [str(old), str(new)] for name, (old, new) in pairs.items() if old != new}


def delete_document(document: Document, by: User | None = None) -> None:
    """Remove a document with all its versions; citations keep their copies of what was shown."""
    with locked(document.pk) as (collection, current):
        # No worker may write between here and the end: its chunks would come after those we delete.
        rows = list(current.versions.select_for_update().values_list("sha256", flat=True))
        if current.live_version_id:
            withdraw(collection, current.live_version_id)
        record_on(current.title, "deleted", by, collection=collection.slug, file_name=current.file_name)
        current.delete()
        # Robust: the document is gone, whatever the disk says to its originals.
        transaction.on_commit(lambda: originals.drop_unnamed(rows), robust=True)


def roll_back(document: Document, version: Version, by: User | None = None) -> str:
    """Let customers read an earlier version again; return a sentence on when they do.

    A version whose chunks are kept is back at once. An older one is made anew from its original.

    Raises:
        PermanentError: That version never was ready, or is of another document.
    """
    if version.document_id != document.pk or version.state != State.READY:
        raise PermanentError("Only a version that was ready once can come back.")
    if bring_back(document.pk, version.pk):
        record("rolled back", document, by, to=version.number)
        return f"Version {version.number} is live again from the next question on."
    with locked(document.pk) as (_, kept):
        again = queue_version(kept, Original.of(version), Made(by, Origin.RETRY))
    record("rolled back", document, by, to=version.number, as_version=again.number)
    return (
        f"The passages of version {version.number} were not kept, so it is made anew from its file "
        f"as version {again.number}."
    )
