"""The door of the API: from the secret in a header to the member of staff that a program acts for.

Nothing else lets anybody in: no cookie, no session, hence nothing that a browser would send by
itself, and no need for CSRF tokens. Chat's routes use the same door.
"""

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from ninja.errors import AuthenticationError, HttpError
from ninja.security import HttpBearer

from knowledge import tokens
from knowledge.api.pace import seconds_to_wait
from knowledge.api.refusals import TooMany
from knowledge.models import ApiToken, Audience, Reach
from knowledge.parsing.guards import MAX_UNPACKED

LOOKS = ("GET", "HEAD", "OPTIONS")
BODIES = ("application/json", "multipart/form-data")
READERS = {
    "public": (Audience.PUBLIC.value,),
    "internal": (Audience.INTERNAL.value,),
    "any": (Audience.PUBLIC.value, Audience.INTERNAL.value),
}
STRANGER = "Send a living API token: “Authorization: Bearer sb_…”. Staff make them on the page “API tokens”."


class BoundedUpload(TemporaryFileUploadHandler):
    """A file that goes to disk piece by piece, and no further than any file may."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a piece, unless it is one too many."""
        if start + len(raw_data) > MAX_UNPACKED:
            raise RequestDataTooBig(f"A file of more than {MAX_UNPACKED // 1_000_000} MB: split it.")
        super().receive_data_chunk(raw_data, start)
        return None


class Door(HttpBearer):
    """Lets in whoever brings the secret of a living token, within its scope and its pace.

    A door that is ``for_questions`` is open to all scopes: what is behind it only looks.
    """

    def __init__(self, for_questions: bool = False) -> None:
        super().__init__()
        self._for_questions = for_questions

    def __call__(self, request: HttpRequest) -> ApiToken:
        """Return the token of a request, or refuse with a sentence."""
        found = super().__call__(request)
        if not isinstance(found, ApiToken):
            raise AuthenticationError(message=STRANGER)
        return found

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the living token of a secret if it may do what is asked."""
        found = tokens.find(token)
        if found is None:
            return None
        _check_pace(found)
        if not self._for_questions:
            _check_scope(found, request)
        _check_body(request)
        return found


def token_of(request: HttpRequest) -> ApiToken:
    """Return the token that let a request in."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]  # set by the door
    return token


def member(request: HttpRequest) -> User:
    """Return the member of staff that the request acts for."""
    return token_of(request).owner


def audiences_of(token: ApiToken, wanted: str) -> tuple[str, ...]:
    """Return the audiences that a word of ``READERS`` stands for; refuse those a token may not see."""
    if token.scope == Reach.ASK and wanted != "public":
        sentence = "This token may only see what customers may read: use one with the scope “read”."
        raise HttpError(HTTPStatus.FORBIDDEN, sentence)
    return READERS[wanted]


def _check_scope(token: ApiToken, request: HttpRequest) -> None:
    if token.scope == Reach.ASK:
        sentence = "This token may only ask, with POST /search and POST /answer: use one with another scope."
        raise HttpError(HTTPStatus.FORBIDDEN, sentence)
    if request.method not in LOOKS and token.scope != Reach.WRITE:
        raise HttpError(HTTPStatus.FORBIDDEN, "This token may only read: use one with the scope “write”.")


def _check_pace(token: ApiToken) -> None:
    most = settings.API_REQUESTS_PER_MINUTE
    if most and (seconds := seconds_to_wait(token.pk, most)):
        raise TooMany(seconds, most)


def _check_body(request: HttpRequest) -> None:
    """Refuse a body of a kind we do not read; let files go to disk and not into memory."""
    has_body = request.META.get("CONTENT_LENGTH") not in (None, "", "0")
    if has_body and request.content_type not in BODIES:
        raise HttpError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"Send the body as {' or '.join(BODIES)}, and say so in the header Content-Type.",
        )
    request.upload_handlers = [BoundedUpload(request)]
