"""Widget views: the loader, the page inside the frame, and the same chat as a page of its own.

None of them reads or sets a cookie: a customer is known by a token that the page
makes itself and sends over the socket. What may embed the chat is decided here,
per assistant, in the ``frame-ancestors`` of the policy.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from csp.constants import NONE
from csp.decorators import csp
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from chat.limits.http import PAGES, limited
from chat.models import Assistant
from chat.origins import frame_ancestors
from chat.widget.policy import chat_policy

LOADER = "widget/loader.js"


@require_safe
@never_cache
@limited("pages", PAGES)
def home(request: HttpRequest) -> HttpResponseBase:
    """Show the default assistant's chat as a full page."""
    assistant = _active(settings.DEFAULT_ASSISTANT)
    if assistant is None:
        sentence = _("There is no assistant to talk to yet. Staff can create one in the staff area.")
        return _notice(request, sentence, status=503)
    return _chat(request, assistant, mode="page", ancestors=[NONE])


@require_safe
@never_cache
@limited("pages", PAGES)
@xframe_options_exempt
def frame(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show the chat of one assistant inside the websites that may embed it."""
    assistant = _active(key)
    if assistant is None:
        sentence = _("There is no assistant with this key. Please check data-assistant in the script tag.")
        return _notice(request, sentence, status=404)
    return _chat(request, assistant, mode="frame", ancestors=frame_ancestors(assistant.allowed_origins))


def _loader_path() -> Path:
    found = finders.find(LOADER)
    if not isinstance(found, str):
        raise FileNotFoundError(LOADER)
    return Path(found)


def _loader_etag(request: HttpRequest) -> str:
    return f'"{hashlib.sha256(_loader_path().read_bytes()).hexdigest()[:32]}"'


@require_safe
@gzip_page
@cache_control(public=True, max_age=3600)
@condition(etag_func=_loader_etag)
def loader(request: HttpRequest) -> HttpResponseBase:
    """Serve the script that websites embed, to any origin."""
    response = HttpResponse(_loader_path().read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _active(key: str) -> Assistant | None:
    return Assistant.objects.filter(key=key, is_active=True).first()


def _chat(
    request: HttpRequest, assistant: Assistant, mode: str, ancestors: Sequence[str]
) -> HttpResponseBase:
    wishes = {name: request.GET.get(name, "")[:16] for name in ("locale", "theme", "color")}
    response = render(request, "chat/chat.html", {"assistant": assistant, "mode": mode, **wishes})
    return csp(chat_policy(request, ancestors))(lambda _request: response)(request)


def _notice(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return render(request, "chat/notice.html", {"sentence": sentence}, status=status)
