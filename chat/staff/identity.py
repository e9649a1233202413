"""The identity page of an assistant: its secrets made, shown once, and retired, with code for websites."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat.conversations import identity_secrets
from chat.errors import Refused
from chat.models import Assistant, IdentitySecret
from knowledge.staff.access import staff_required
from knowledge.staff.pages import staff_page

PAGE = "staff:identity"
TEMPLATE = "staff/assistants/identity.html"


@require_safe
@staff_required
@never_cache
def identity(request: HttpRequest, key: str) -> HttpResponse:
    """Show the secrets of an assistant, never what they are, and how a website uses them."""
    return _page(request, get_object_or_404(Assistant, key=key))


@require_POST
@staff_required
@never_cache
def identity_new(request: HttpRequest, key: str) -> HttpResponse:
    """Make a secret and show it this once."""
    assistant = get_object_or_404(Assistant, key=key)
    try:
        row, secret = identity_secrets.create(assistant)
    except Refused as error:
        messages.error(request, str(error))
        return redirect(PAGE, key=key)
    return _page(request, assistant, row, secret)


@require_POST
@staff_required
def identity_retire(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """Believe a secret no more, at once."""
    assistant = get_object_or_404(Assistant, key=key)
    if identity_secrets.retire(assistant, number):
        messages.success(
            request, _("“%(number)s” is retired: nothing signed with it counts.") % {"number": number}
        )
    else:
        messages.info(request, _("This secret was retired before."))
    return redirect(PAGE, key=key)


def _page(
    request: HttpRequest, assistant: Assistant, made: IdentitySecret | None = None, secret: str = ""
) -> HttpResponse:
    alive = list(identity_secrets.alive(assistant))
    context = {
        "section": "assistants",
        "assistant": assistant,
        "alive": alive,
        "retired": assistant.identity_secrets.exclude(retired_at=None)[:20],
        "may_make": len(alive) < identity_secrets.MOST_ALIVE,
        "made": made,
        "secret": secret,
        "number": made.number if made else (alive[0].number if alive else "NUMBER"),
    }
    return staff_page(request, TEMPLATE, context)
