"""HTTP limits: a view that an address may open so often; beyond, 429 and when to come back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from chat.limits.addresses import address_of_request, is_unlimited
from chat.limits.counting import Charge, check
from chat.limits.rates import Rate

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
PAGES = Rate(120, 60)  # of the widget
UPLOADS = Rate(60, 3600)  # attachments that are sent
DOWNLOADS = Rate(240, 60)  # attachments that are fetched


def limited(rule: str, rate: Rate) -> Callable[[View[P]], View[P]]:
    """Let each address call a view at ``rate``; views with the same ``rule`` share one count."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            seconds = seconds_to_wait(request, rule, rate)
            return too_many(seconds) if seconds else view(request, *args, **kwargs)

        return guarded

    return decorate


def seconds_to_wait(request: HttpRequest, rule: str, rate: Rate) -> int:
    """Count a request of an address; return 0, or the seconds after which it will be let in."""
    address = address_of_request(request)
    if is_unlimited(address):
        return 0
    refusal = check([Charge(rule, address, rate)])
    return refusal.retry_after if refusal else 0


def too_many(seconds: int) -> HttpResponse:
    """Return the refusal of a request, with when to come back."""
    sentence = _("Too many requests came from your address. Please try again in %(seconds)d seconds.")
    text = sentence % {"seconds": seconds}
    headers = {"Retry-After": str(seconds)}
    return HttpResponse(text, status=429, content_type="text/plain; charset=utf-8", headers=headers)
