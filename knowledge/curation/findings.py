"""Findings: what the checks noticed in documents, and what staff make of each."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q
from django.db.models.functions import Now

from knowledge.acts import record, record_on
from knowledge.errors import PermanentError
from knowledge.ingestion.versions import locked
from knowledge.models import Collection, Document, Finding, FindingState


@dataclass(frozen=True, slots=True)
class After:
    """The last finding of a page: the next page begins behind it."""

    created_at: datetime
    id: int


def open_findings(
    after: After | None = None, limit: int = 50, document: Document | None = None
) -> list[Finding]:
    """Return the findings to decide, newest first, a page at a time; of one document if given."""
    found = Finding.objects.filter(state=FindingState.OPEN)
    found = found.select_related("document__collection", "other", "version").defer(
        "version__text", "version__blocks"
    )
    if document is not None:
        found = found.filter(Q(document=document) | Q(other=document))
    if after is not None:
        # The comparison of the pair lets the index of open findings begin at the right place.
        found = found.filter(created_at__lte=after.created_at).exclude(
            created_at=after.created_at, id__gte=after.id
        )
    return list(found.order_by("-created_at", "-id")[:limit])


def decide(finding: Finding, state: FindingState, by: User | None = None) -> bool:
    """Close a finding as fine or as mended; say whether that released its document.

    Raises:
        PermanentError: The state is no decision, or somebody decided before.
    """
    if state == FindingState.OPEN:
        raise PermanentError("Choose whether it is fine as it is or was mended.")
    with locked(finding.document_id) as (_, document):
        still_open = Finding.objects.filter(id=finding.pk, state=FindingState.OPEN)
        if not still_open.update(state=state, decided_by=by, decided_at=Now()):
            raise PermanentError("Somebody decided this finding a moment ago.")
        record("finding decided", document, by, finding=finding.pk, kind=finding.kind, state=state.value)
        return _release(document, by)


def release(document: Document, by: User | None = None) -> bool:
    """Publish a document that was held back and of which nothing is open any more; say whether it was."""
    with locked(document.pk) as (_, kept):
        return _release(kept, by)


def hold_findings(collection: Collection, holds: bool, by: User | None = None) -> None:
    """Let a collection hold back documents with new findings, or publish them at once."""
    Collection.objects.filter(id=collection.pk).update(holds_findings=holds)
    record_on(collection.name, "holds findings back" if holds else "holds nothing back", by)


def _release(document: Document, by: User | None) -> bool:
    findings = Finding.objects.filter(document=document)
    if document.is_published or findings.filter(state=FindingState.OPEN).exists():
        return False
    held = findings.filter(detail__held_back=True)
    if not held.exists():
        return False
    for finding in held:
        finding.detail["held_back"] = False
        finding.save(update_fields=["detail"])
    Document.objects.filter(id=document.pk).update(is_published=True)
    record("released", document, by)
    return True
