"""The inbound webhook: a mail provider hands over what came for our reply addresses.

The provider proves itself by MAIL_WEBHOOK_SECRET, as a bearer or as the key of an HMAC over the
body. While PostgreSQL is away it gets a 503 and tries again; a mail that leads nowhere is taken
and kept with its reason, because sending it again would change nothing.
"""

import hashlib
import hmac
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from chat.mail.delivering import MOST_BYTES, deliver

FIELD = "email"
SIGNATURE = "X-Mail-Signature"


@csrf_exempt
@require_POST
def inbound(request: HttpRequest) -> JsonResponse:
    """Take a mail: RFC 822 as the body, or in the field “email” of a multipart form."""
    if not settings.MAIL_WEBHOOK_SECRET:
        return _refusal(HTTPStatus.NOT_FOUND, "No mail is taken here: MAIL_WEBHOOK_SECRET is not set.")
    bearer = request.headers.get("Authorization", "")
    signature = request.headers.get(SIGNATURE, "")
    if not bearer and not signature:
        return _refusal(
            HTTPStatus.UNAUTHORIZED, f"Send “Authorization: Bearer …” or “{SIGNATURE}: sha256=…”."
        )
    if bearer and not constant_time_compare(bearer, f"Bearer {settings.MAIL_WEBHOOK_SECRET}"):
        return _refusal(HTTPStatus.UNAUTHORIZED, "This is not the secret.")
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _refusal(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {MOST_BYTES // 1_000_000} MB are taken."
        )
    if not bearer and not constant_time_compare(signature, signature_of(body)):
        return _refusal(HTTPStatus.UNAUTHORIZED, "The signature is not that of this body.")
    return _delivered(_mail_in(request.headers.get("Content-Type", ""), body))


def signature_of(body: bytes) -> str:
    """Return the signature under which a body is taken."""
    key = settings.MAIL_WEBHOOK_SECRET.encode()
    return f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"


def _delivered(mail: bytes) -> JsonResponse:
    if not mail:
        return _refusal(
            HTTPStatus.BAD_REQUEST, f"Send the mail as the body, or in the field “{FIELD}” of a form."
        )
    try:
        received = deliver(mail)
    except (OperationalError, InterfaceError):
        answer = _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "The database is away. Send it again in a minute.")
        answer["Retry-After"] = "60"
        return answer
    return JsonResponse({"taken": not received.reason, "reason": received.reason})


def _mail_in(content_type: str, body: bytes) -> bytes:
    """Return the mail in a body; empty when a form has none."""
    if not content_type.lower().startswith("multipart/form-data"):
        return body
    head = f"Content-Type: {' '.join(content_type.split())}\r\n\r\n".encode(errors="replace")
    form = message_from_bytes(head + body, policy=policy.HTTP)
    assert isinstance(form, EmailMessage)  # noqa: S101 - what this policy makes
    for part in form.iter_parts() if form.is_multipart() else ():
        if part.get_param("name", header="content-disposition") == FIELD:
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else b""
    return b""


def _refusal(status: HTTPStatus, sentence: str) -> JsonResponse:
    return JsonResponse({"taken": False, "reason": sentence}, status=status)
