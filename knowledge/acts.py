"""Acts: who did what to our knowledge; every use case that changes something records it here."""

from django.contrib.auth.models import User

from knowledge.models import Act, Document


def record(verb: str, document: Document, by: User | None = None, **detail: object) -> None:
    """Add an act on a document; ``by`` is None for what the product does by itself."""
    Act.objects.create(verb=verb, subject=document.title, document=document, by=by, detail=detail)


def record_on(subject: str, verb: str, by: User | None = None, **detail: object) -> None:
    """Add an act on something that is not a document, or is none any more."""
    Act.objects.create(verb=verb, subject=subject[:300], by=by, detail=detail)
