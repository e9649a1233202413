"""The REST API: one door, one shape of errors and one address for the routes of all apps.

Routes say what they refuse by raising; here each kind of refusal gets its status. Nothing in
this schema is private, so anybody may read it; there is no page of documentation that would
need another origin's scripts.
"""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from inspect import iscoroutinefunction
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, URLResolver, re_path
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

import chat.api
import knowledge.api
from chat.programs import CannotAsk
from knowledge.api.bodies import StrictParser
from knowledge.api.door import Door
from knowledge.api.refusals import PROBLEM, TooMany, missing, problem, sentence_of
from knowledge.embedding import EmbedderMismatch
from knowledge.errors import PermanentError, TransientError

log = logging.getLogger(__name__)
VERSION = "1.0.0"
ABOUT = """Everything that staff do with documents, and answers from them, for programs.

Send `Authorization: Bearer sb_…`; staff make tokens on the page “API tokens” or with `manage.py token`.
Refusals have one shape: `{"error": {"code": "…", "message": "…"}}`."""
REFUSED = {
    "description": "Refused, with the reason: 401, 403, 404, 405, 409, 413, 415, 422, 429 or 503.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
Handler = Callable[[HttpRequest, Any], HttpResponse]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Api(NinjaAPI):
    """Our API: operations go by the names of their functions, and every one may be refused."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name by which generated clients call an operation."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **values: Any) -> OpenAPISchema:
        """Return the description of all routes, with the one shape of refusals."""
        schema = super().get_openapi_schema(**values)
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"]["default"] = REFUSED
        schema["components"]["schemas"] |= {"Problem": PROBLEM}
        return schema


api = Api(
    title="supportbot",
    version=VERSION,
    description=ABOUT,
    docs_url=None,
    urls_namespace="api",
    auth=Door(),
    parser=StrictParser(),
)
nowhere = Router()


@nowhere.api_operation(METHODS, "/{path:rest}", include_in_schema=False)
def no_route(request: HttpRequest, rest: str) -> None:
    """Refuse an address that is none of ours."""
    raise missing("There is nothing at this address: /api/v1/openapi.json lists all there is.")


def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    # Why a body cannot be parsed is the cause of what django-ninja says about it.
    response = problem(error.status_code, str(error.__cause__ or error))
    match error:
        case TooMany():
            response["Retry-After"] = str(error.seconds)
        case AuthenticationError():
            response["WWW-Authenticate"] = "Bearer"
    return response


def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    sentence = "Something went wrong on our side, and was written to the log: try again in a while."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, sentence)


def _busy(_request: HttpRequest, error: OperationalError) -> HttpResponse:
    log.warning("the database did not answer in time: %s", error)
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "The database is busy: try again in a while.")


def _saying(status: int) -> Handler:
    """Return a handler that answers with a status and the error's own sentence."""
    return lambda _request, error: problem(status, str(error))


def _always(status: int, sentence: str) -> Handler:
    return lambda _request, _error: problem(status, sentence)


HANDLERS: dict[type[Exception], Handler] = {
    HttpError: _http_error,
    ValidationError: lambda _request, error: problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, sentence_of(error.errors)
    ),
    Http404: _always(HTTPStatus.NOT_FOUND, "There is nothing at this address."),
    CannotAsk: _saying(HTTPStatus.UNPROCESSABLE_ENTITY),
    PermanentError: _saying(HTTPStatus.UNPROCESSABLE_ENTITY),
    TransientError: _saying(HTTPStatus.SERVICE_UNAVAILABLE),
    EmbedderMismatch: _saying(HTTPStatus.SERVICE_UNAVAILABLE),
    RequestDataTooBig: _always(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "This is more than we read at once: send a long text as a file, and split a larger file.",
    ),
    SuspiciousOperation: _always(HTTPStatus.BAD_REQUEST, "The request has too many parts: send fewer."),
    MultiPartParserError: _always(
        HTTPStatus.BAD_REQUEST, "The form cannot be read: check its boundary and that it is complete."
    ),
    OperationalError: _busy,
    Exception: _unexpected,
}
for _kind, _handler in HANDLERS.items():
    api.add_exception_handler(_kind, _handler)
api.add_router("", knowledge.api.router)
api.add_router("", chat.api.router)
api.add_router("", nowhere)


def _in_one_shape(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let what django-ninja says by itself have the shape of all refusals."""

    @wraps(view)
    def shaped(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        try:
            response = view(request, *args, **values)
        except Http404:
            return problem(HTTPStatus.NOT_FOUND, "There is nothing here: see /api/v1/openapi.json.")
        return _with_our_405(request, response)

    @wraps(view)
    async def shaped_async(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        return _with_our_405(request, await view(request, *args, **values))

    return shaped_async if iscoroutinefunction(view) else shaped


def _with_our_405(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return response
    allowed = response["Allow"]
    refusal = problem(response.status_code, f"This address takes {allowed}, not {request.method}.")
    refusal["Allow"] = allowed
    return refusal


def _routed(pattern: URLPattern | URLResolver) -> URLPattern | URLResolver:
    if not isinstance(pattern, URLPattern):
        return pattern
    pattern.callback = _in_one_shape(pattern.callback)
    if pattern.name != no_route.__name__:
        return pattern
    # Django's own “path” stops at the end of a line, and an address may have one inside.
    return re_path(r"^(?P<rest>[\s\S]+)$", pattern.callback, name=pattern.name)


_patterns, _app, _namespace = api.urls
urls = ([_routed(pattern) for pattern in _patterns], _app, _namespace)
