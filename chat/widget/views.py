"""Widget views: the loader, the page inside the frame, and the same chat as a page of its own.

None of them reads or sets a cookie: a customer is known by a token that the page
makes itself and sends over the socket. What may embed the chat is decided here,
per assistant, in the ``frame-ancestors`` of the policy.
"""

import hashlib
from collections.abc import Sequence

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import condition, require_safe

from chat.limits.http import PAGES, limited
from chat.models import Assistant
from chat.origins import frame_ancestors
from chat.widget.policy import chat_policy
from chat.widget.serving import LOADER, STYLE, Served, release

FOR_EVER = 31_536_000  # seconds; an address that names its content never changes


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
    # A preview is framed by our own staff pages and by nobody else.
    preview = request.GET.get("preview") == "1"
    ancestors = [SELF] if preview else frame_ancestors(assistant.allowed_origins)
    return _chat(request, assistant, mode="preview" if preview else "frame", ancestors=ancestors)


def _loader_etag(request: HttpRequest) -> str:
    return f'"{hashlib.sha256(release().files[LOADER].plain).hexdigest()[:32]}"'


@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=_loader_etag)
def loader(request: HttpRequest) -> HttpResponseBase:
    """Serve the script that websites embed, to any origin."""
    response = _file(request, release().files[LOADER])
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def file(request: HttpRequest, digest: str, name: str) -> HttpResponseBase:
    """Serve one file of the chat; a page of another release gets today's, and may not keep it."""
    now = release()
    if name not in now.files:
        raise Http404
    response = _file(request, now.files[name])
    kept = f"public, max-age={FOR_EVER}, immutable"
    response["Cache-Control"] = kept if digest == now.digest else "no-store"
    return response


def _file(request: HttpRequest, served: Served) -> HttpResponse:
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(served.packed if is_packed else served.plain, content_type=served.media_type)
    if is_packed:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def page_context(assistant: Assistant, mode: str, wishes: dict[str, str]) -> dict[str, object]:
    """Return what the page's template needs; a website's wishes go before the assistant's theme."""
    now = release()
    theme = {name: str(value) for name, value in assistant.theme.items()}
    wished = {"scheme": wishes["theme"], "color": wishes["color"], "radius": wishes["radius"]}
    theme |= {name: wish for name, wish in wished.items() if wish}
    return {
        "assistant": assistant,
        "mode": mode,
        "locale": wishes["locale"],
        "theme": theme,
        "files": reverse("widget:file", args=[now.digest, "app.js"]).removesuffix("/app.js"),
        "style": STYLE,
        "modules": now.modules,
    }


def _active(key: str) -> Assistant | None:
    return Assistant.objects.filter(key=key, is_active=True).first()


def _chat(
    request: HttpRequest, assistant: Assistant, mode: str, ancestors: Sequence[str]
) -> HttpResponseBase:
    wishes = {name: request.GET.get(name, "")[:16] for name in ("locale", "theme", "color", "radius")}
    response = render(request, "chat/chat.html", page_context(assistant, mode, wishes))
    return csp(chat_policy(request, ancestors))(lambda _request: response)(request)


def _notice(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return render(request, "chat/notice.html", {"sentence": sentence}, status=status)
