"""API tokens: from a form to a secret that is shown once, and from a button to its end."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge import tokens
from knowledge.errors import PermanentError
from knowledge.models import Reach
from knowledge.staff.access import member_of_staff, staff_required
from knowledge.staff.forms import present
from knowledge.staff.ordered import Ordered
from knowledge.staff.pages import staff_page

LIST = "staff:tokens"
NEWEST = Ordered("id", is_descending=True)
LIFETIMES = [
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("A year")),
    ("", gettext_lazy("Until it is revoked")),
]


class NewForm(forms.Form):
    """What a program's token is for, what it may do, and for how long."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=tokens.LONGEST_NAME,
        help_text=gettext_lazy("Which program uses it, so that you know later what you revoke."),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("It may"), choices=Reach.choices, initial=Reach.READ, required=True
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("It lives"),
        choices=LIFETIMES,
        initial="90",
        required=False,
        coerce=int,
        empty_value=None,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present(self)


@require_safe
@staff_required
def token_list(request: HttpRequest) -> HttpResponse:
    """Show one's own tokens, and to administrators everybody's."""
    staff = member_of_staff(request)
    page = NEWEST.page(tokens.tokens_seen_by(staff), request.GET.dict())
    alive = set(tokens.living().filter(pk__in=[row.pk for row in page.rows]).values_list("pk", flat=True))
    context = {"section": "tokens", "page": page, "alive": alive}
    return staff_page(request, "staff/tokens/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
@never_cache
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token that acts for whoever asks, and show its secret this once."""
    form = NewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by, values = member_of_staff(request), form.cleaned_data
        try:
            issued = tokens.issue(by, values["name"], values["scope"], values["days"], by)
        except PermanentError as error:
            form.add_error(None, str(error))
        else:
            address = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
            context = {"section": "tokens", "issued": issued, "address": address}
            return staff_page(request, "staff/tokens/issued.html", context)
    return staff_page(request, "staff/tokens/new.html", {"section": "tokens", "form": form})


@require_POST
@staff_required
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token at once."""
    by = member_of_staff(request)
    token = get_object_or_404(tokens.tokens_seen_by(by), pk=token_id)
    try:
        tokens.revoke(token, by)
    except PermanentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(name)s” is revoked: nothing can use it.") % {"name": token.name})
    return redirect(LIST)
