"""Refusals: from what went wrong to one status, one code and one sentence, in one shape for all routes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse
from ninja.errors import HttpError

from knowledge.errors import PermanentError

CODES = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.UNAUTHORIZED: "unauthorized",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported_type",
    HTTPStatus.UNPROCESSABLE_ENTITY: "invalid",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many_requests",
    HTTPStatus.INTERNAL_SERVER_ERROR: "failed",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}
# The body of every refusal as OpenAPI says it.
PROBLEM = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "description": "A word for programs.", "enum": [*CODES.values()]},
                "message": {"type": "string", "description": "A sentence for people."},
            },
        }
    },
}
MOST_SENTENCES = 3
LONGEST_NAME = 80  # characters of a field's name that are repeated to whoever sent it


class TooMany(HttpError):
    """Too many requests; ``seconds`` later there is room again."""

    def __init__(self, seconds: int, most: int) -> None:
        self.seconds = seconds
        sentence = f"This token may make {most} requests a minute: wait {seconds} seconds and go on."
        super().__init__(HTTPStatus.TOO_MANY_REQUESTS, sentence)


def content_of(status: int, message: str) -> dict[str, dict[str, str]]:
    """Return what a refusal says, in the shape that all of them have."""
    return {"error": {"code": CODES[HTTPStatus(status)], "message": message}}


def problem(status: int, message: str) -> HttpResponse:
    """Return a refusal as a response."""
    return JsonResponse(content_of(status, message), status=status)


def missing(sentence: str) -> HttpError:
    """Return the refusal for what is not there."""
    return HttpError(HTTPStatus.NOT_FOUND, sentence)


def invalid(sentence: str) -> HttpError:
    """Return the refusal for a request that says something that cannot be."""
    return HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, sentence)


@contextmanager
def conflicts() -> Iterator[None]:
    """Let what a use case refuses be a conflict with the present state, not a bad request."""
    try:
        yield
    except PermanentError as error:
        raise HttpError(HTTPStatus.CONFLICT, str(error)) from error


def sentence_of(errors: Sequence[Mapping[str, Any]]) -> str:
    """Return what a validation found, as the first few sentences."""
    sentences = list(dict.fromkeys(map(_sentence, errors)))
    more = " …" if len(sentences) > MOST_SENTENCES else ""
    return " ".join(sentences[:MOST_SENTENCES]) + more


def _sentence(error: Mapping[str, Any]) -> str:
    place = [str(part) for part in error["loc"]]
    # The first part says where it was sent, the second is the name that our code gives to the body.
    name = ".".join(place[2:] or place[1:] or place)[:LONGEST_NAME]
    match error["type"]:
        case "missing":
            return f"“{name}” is missing: send it."
        case "extra_forbidden":
            return f"There is no field “{name}” here: leave it out."
        case "value_error":
            reason = str(error["msg"]).removeprefix("Value error, ")
            return f"“{name}” {reason}."
        case _:
            return f"“{name}” cannot be that. {error['msg']}."
