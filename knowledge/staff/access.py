"""Access to the staff area: from a request to a view, for active staff only.

Chat's staff pages use the same door. Whoever is not signed in is sent to the login
page, by a header when htmx asks, so that a login form never lands inside a table row;
whoever is signed in but is not staff gets a 403.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

CHANGED = "documents-changed"


def staff_required(view: View[P]) -> View[P]:
    """Let only active staff into ``view``."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user = request.user
        if not (user.is_authenticated and user.is_active):
            return _to_login(request)
        if not user.is_staff:
            raise PermissionDenied(_("This area is for staff. Ask an administrator to let you in."))
        return view(request, *args, **kwargs)

    return guarded


def member_of_staff(request: HttpRequest) -> User:
    """Return who is acting; raise ``PermissionDenied`` when nobody is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied(_("Sign in to do this."))
    return request.user


def is_htmx(request: HttpRequest) -> bool:
    """Say whether htmx sent the request and wants a fragment."""
    return request.headers.get("HX-Request") == "true"


def changed(request: HttpRequest, fallback: str) -> HttpResponse:
    """Answer a POST that changed something: htmx refreshes the list, a browser goes back to it."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Trigger": CHANGED})
    return redirect(way_back(request, fallback))


def way_back(request: HttpRequest, fallback: str) -> str:
    """Return the ``next`` page of the request if it is ours, else the URL named ``fallback``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else resolve_url(fallback)


def _to_login(request: HttpRequest) -> HttpResponse:
    if not is_htmx(request):
        return redirect_to_login(request.get_full_path())
    return HttpResponse(status=401, headers={"HX-Redirect": reverse("login")})
