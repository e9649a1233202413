"""The composer: from words, a draft's sources and a sentence to what stands below the transcript."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chat.models import Conversation
from chat.staff.inbox_pages import conversation_page, name_of
from knowledge.staff.access import is_htmx

SALT = "chat.staff.inbox_composer"
DRAFT_SECONDS = 86_400  # a draft may lie in the composer for a day


@dataclass(frozen=True, slots=True)
class Composer:
    """What stands in the composer: words, the draft's sources and the sentence above it."""

    text: str = ""
    note: str = ""
    sources: Sequence[dict[str, Any]] = ()
    trouble: str = ""
    is_note: bool = False

    @property
    def signed(self) -> str:
        """The sources as they travel through the browser: readable, but not to be changed there."""
        return signing.dumps(list(self.sources), salt=SALT, compress=True) if self.sources else ""


def sources_of(signed: str) -> list[dict[str, Any]]:
    """Return the sources of a draft as they were signed; none when somebody changed them."""
    if not signed:
        return []
    try:
        sources: list[dict[str, Any]] = signing.loads(signed, salt=SALT, max_age=DRAFT_SECONDS)
    except signing.BadSignature:
        return []
    return sources


def composed(request: HttpRequest, conversation: Conversation, composer: Composer) -> HttpResponse:
    """Answer with the composer."""
    context = {"conversation": conversation, "composer": composer, "who": name_of(conversation)}
    return render(request, "staff/inbox/_composer.html", context)


def kept(request: HttpRequest, conversation: Conversation, composer: Composer) -> HttpResponse:
    """Answer with words in the box; a browser without script gets the whole page around it."""
    if is_htmx(request):
        return composed(request, conversation, composer)
    return conversation_page(request, conversation, {"composer": composer})
