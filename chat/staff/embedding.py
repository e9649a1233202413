"""Embedding: the tag that puts an assistant on a website, with what its button looks like."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from chat.models import Assistant
from chat.widget.theming import DEFAULTS, theme_of

ATTRIBUTES = {"color": "color", "position": "position", "offset": "offset", "launcher": "label"}


def snippet_of(request: HttpRequest, assistant: Assistant) -> str:
    """Return the script tag to paste, with an attribute for each token in which the button differs."""
    origin = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    theme = theme_of(assistant.theme)
    differing = [(ATTRIBUTES[name], theme[name]) for name in ATTRIBUTES if theme[name] != DEFAULTS[name]]
    extra = format_html_join("", ' data-{}="{}"', differing)
    tag = '<script async src="{}/widget/v1/loader.js" data-assistant="{}"{}></script>'
    return str(format_html(tag, origin, assistant.key, extra))
