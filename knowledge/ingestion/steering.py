"""Steering: what staff may do to documents that are in: retry, cancel, publish, delete."""

from django.db import transaction
from django.db.models.functions import Now

from knowledge.errors import PermanentError
from knowledge.ingestion.accept import Original, queue_version
from knowledge.ingestion.stages import withdraw
from knowledge.models import Collection, Document, State, Version


def retry(document: Document) -> Version:
    """Make a new version from the bytes of the latest one.

    Raises:
        PermanentError: It is still in progress, or there is nothing to make it from.
    """
    with transaction.atomic():
        locked = Document.objects.select_for_update(of=("self",)).get(id=document.pk)
        latest = locked.latest_version
        if latest is None:
            raise PermanentError("There is no file to try again with: upload it.")
        if latest.is_in_progress:
            raise PermanentError("It is still in progress: cancel it first.")
        return queue_version(
            locked, Original(locked.file_name, latest.sha256, latest.media_type, latest.size)
        )


def cancel(document: Document) -> None:
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


def set_published(document: Document, published: bool) -> None:
    """Show a document to customers, or hide it from the next question on."""
    Document.objects.filter(id=document.pk).update(is_published=published)


def delete_document(document: Document) -> None:
    """Remove a document with all its versions; citations keep their copies of what was shown."""
    with transaction.atomic():
        collection = Collection.objects.select_for_update().get(id=document.collection_id)
        locked = Document.objects.select_for_update(of=("self",)).get(id=document.pk)
        # No worker may write between here and the end: its chunks would come after those we delete.
        list(locked.versions.select_for_update().values_list("id"))
        if locked.live_version_id:
            withdraw(collection, locked.live_version_id)
        locked.delete()
