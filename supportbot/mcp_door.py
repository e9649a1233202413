"""The door of MCP over HTTP: the tokens and refusals of the REST API, before another protocol."""

from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError, close_old_connections
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import HttpError

from chat.mcp import NOT_INSTALLED, is_installed
from chat.programs import Ask
from knowledge.api.door import READERS, Door, audiences_of
from knowledge.api.refusals import invalid, problem
from knowledge.models import ApiToken
from supportbot.api import api

ANSWERED = "chat.mcp.http.answered"
ASKED = ("audience", "assistant", "collections")
door = sync_to_async(Door(for_questions=True))


@csrf_exempt
async def mcp(request: HttpRequest) -> HttpResponseBase:
    """Serve one request of the Model Context Protocol to a program with a token."""
    if request.method != "POST":
        refusal = problem(HTTPStatus.METHOD_NOT_ALLOWED, f"This address takes POST, not {request.method}.")
        refusal["Allow"] = "POST"
        return refusal
    try:
        ask = _ask(await door(request), request.GET.dict())
        _ = request.body  # is read here, where one that is too large is refused like any other
    except (HttpError, OperationalError, RequestDataTooBig) as error:
        return api.on_exception(request, error)
    if not is_installed():
        return problem(HTTPStatus.NOT_FOUND, NOT_INSTALLED)
    # An answer takes seconds: the connection that found the token goes back before.
    await sync_to_async(close_old_connections)()
    base = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    response: HttpResponse = await import_string(ANSWERED)(request, ask, base)
    return response


def _ask(token: ApiToken, asked: dict[str, Any]) -> Ask:
    """Return what the parameters of the address ask for, as far as the token may have it."""
    if unknown := set(asked) - set(ASKED):
        raise invalid(f"There is no parameter “{min(unknown)[:80]}” here: leave it out.")
    audience = asked.get("audience", "public")
    if audience not in READERS:
        raise invalid(f"“audience” cannot be that: use one of {', '.join(READERS)}.")
    if any("\0" in value for value in asked.values()):
        raise invalid("A parameter holds a NUL character, which no text can: take it out.")
    within = tuple(slug for slug in asked.get("collections", "").split(",") if slug)
    return Ask(audiences_of(token, audience), within, assistant=asked.get("assistant", ""))
