"""Attachments of customers: from a file that the widget sends to a message for staff, and back.

The customer's secret comes as a bearer, never as a cookie: a browser sends nothing of this by
itself, so there is nothing that a forged form could use. The file goes to disk piece by piece.
"""

import uuid
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from chat.attachments import giving, kinds
from chat.attachments.giving import Candidate
from chat.attachments.serving import download
from chat.conversations.bans import Visitor, refuse_banned
from chat.conversations.transcript import message_data
from chat.conversations.turns import hashed, is_token
from chat.errors import BadQuestion
from chat.limits.addresses import address_of_request
from chat.limits.http import DOWNLOADS, UPLOADS, limited
from chat.models import Assistant, Attachment, Conversation, ConversationSecret
from chat.realtime.broadcast import announce_now

STATUS = {
    "unknown_conversation": HTTPStatus.NOT_FOUND,
    "no_staff": HTTPStatus.CONFLICT,
    "too_many_files": HTTPStatus.CONFLICT,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "bad_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "stranger": HTTPStatus.UNAUTHORIZED,
    "not_available": HTTPStatus.FORBIDDEN,
}
_BEARER = "Bearer "


class BoundedUpload(TemporaryFileUploadHandler):
    """One file that goes to disk piece by piece, and no further than an attachment may."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a piece, unless it is one too many."""
        if start + len(raw_data) > kinds.MOST_BYTES:
            raise RequestDataTooBig
        super().receive_data_chunk(raw_data, start)
        return None


@csrf_exempt
@limited("uploads", UPLOADS)
@never_cache
@require_POST
def attachment_new(request: HttpRequest) -> HttpResponseBase:
    """Take a file of the customer whose secret is the bearer; the form has assistant, client_id and file."""
    try:
        secret = _secret_of(request)
        _refuse_strangers(secret)  # before anything of the body is read
        assistant, client_id, file = _fields(request)
        refuse_banned(Visitor(assistant, address_of_request(request), _conversations_of(secret)[0]))
        asked = giving.give(assistant, secret, client_id, file)
    except RequestDataTooBig:
        most = kinds.MOST_BYTES // 1_000_000
        return _refusal("too_large", f"This file is too large: at most {most} MB can be sent.")
    except BadQuestion as error:
        return _refusal(error.code, str(error))
    if asked.events:
        announce_now(asked.conversation.id, asked.events)
    message = message_data(asked.message, attachments=list(asked.message.attachments.all()))
    return JsonResponse({"message": message}, status=HTTPStatus.CREATED if asked.events else HTTPStatus.OK)


@require_safe
@limited("downloads", DOWNLOADS)
def attachment(request: HttpRequest, attachment_id: uuid.UUID) -> HttpResponseBase:
    """Hand a customer an attachment of the conversation that the bearer opens."""
    try:
        conversations = _conversations_of(_secret_of(request))
    except BadQuestion as error:
        return _refusal(error.code, str(error))
    found = Attachment.objects.filter(pk=attachment_id, conversation__in=conversations).first()
    if found is None:
        return _refusal("unknown_conversation", "There is no such file.")
    return download(found)


def _secret_of(request: HttpRequest) -> str:
    given = request.headers.get("Authorization", "")
    secret = given.removeprefix(_BEARER)
    if not given.startswith(_BEARER) or not is_token(secret):
        raise BadQuestion("stranger", "Send the secret of your conversation as “Authorization: Bearer …”.")
    return secret


def _conversations_of(secret: str) -> list[uuid.UUID]:
    own = Conversation.objects.filter(token_sha256=hashed(secret), assistant__is_active=True)
    other = ConversationSecret.objects.filter(
        token_sha256=hashed(secret), conversation__assistant__is_active=True
    )
    return [*own.values_list("id", flat=True), *other.values_list("conversation", flat=True)]


def _refuse_strangers(secret: str) -> None:
    if not _conversations_of(secret):
        raise giving.unknown()


def _fields(request: HttpRequest) -> tuple[Assistant, uuid.UUID, Candidate]:
    """Read the form; the file lies on disk as long as the request lives."""
    request.upload_handlers = [BoundedUpload(request)]
    try:
        values: dict[str, Any] = request.POST.dict()
        sent = request.FILES.getlist("file")
    except MultiPartParserError as error:
        raise BadQuestion("bad_form", "Send a form with assistant, client_id and file.") from error
    assistant = Assistant.objects.filter(key=values.get("assistant", ""), is_active=True).first()
    if assistant is None:
        raise giving.unknown()
    try:
        client_id = uuid.UUID(values.get("client_id", ""))
    except ValueError as error:
        raise BadQuestion("bad_form", "“client_id” must be a UUID.") from error
    if len(sent) != 1 or not isinstance(sent[0], TemporaryUploadedFile):
        raise BadQuestion("bad_form", "Send one file, in the field “file”.")
    return assistant, client_id, giving.candidate(Path(sent[0].temporary_file_path()), sent[0].name or "")


def _refusal(code: str, sentence: str) -> JsonResponse:
    body = {"error": {"code": code, "message": sentence}}
    status = STATUS.get(code, HTTPStatus.BAD_REQUEST)
    return JsonResponse(body, status=status, headers={"Cache-Control": "private, no-store"})
