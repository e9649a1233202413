"""Identity tokens: from what a website signed to who its visitor is, or a sentence why not.

JSON Web Tokens (RFC 7519) with HMAC-SHA256; which algorithm is ours to say, never the token's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from chat.conversations.identity_secrets import alive, derived
from chat.errors import BadQuestion
from chat.models import Assistant
from chat.texts import storable

ALGORITHM = "HS256"
LIFETIME = 300  # seconds between iat and exp, at most
LEEWAY = 60  # seconds by which two clocks may differ
NEEDED = ["sub", "iat", "exp", "jti", "aud"]
LONGEST = {"sub": 200, "jti": 120}
LONGEST_NAME, LONGEST_EMAIL = 120, 254
# What a text that is no token makes the parser raise, deep nesting included.
UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError)
REASONS: Mapping[type[Exception], str] = {
    jwt.ImmatureSignatureError: "it begins in the future; look at the clock of the website's server",
    jwt.InvalidAudienceError: "“aud” must be the key of this assistant",
    jwt.InvalidAlgorithmError: f"it must be signed with {ALGORITHM}",
    jwt.InvalidSignatureError: "it is signed with another secret",
}
UNKNOWN = "it is no signed token (JWT)"


class Unfit(jwt.InvalidTokenError):
    """A token that is signed, but not as we want it; the text says why."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who a website says its visitor is."""

    external_id: str
    name: str
    email: str
    jti: str
    expires: int  # seconds of the epoch


def read_identity(assistant: Assistant, token: str) -> Vouched:
    """Return who a token vouches for.

    Raises:
        BadQuestion: ``expired_identity`` when its time is over, else ``bad_identity``.
    """
    try:
        return _vouched(_payload(assistant, token))
    except jwt.ExpiredSignatureError as error:
        sentence = "This identity has expired. The website must sign a new one each time a page is opened."
        raise BadQuestion("expired_identity", sentence) from error
    except UNREADABLE as error:
        raise BadQuestion("bad_identity", f"This identity is not accepted: {_reason(error)}.") from error


def _payload(assistant: Assistant, token: str) -> dict[str, Any]:
    number = jwt.get_unverified_header(token).get("kid")
    is_number = isinstance(number, str) and storable(number) == number
    row = alive(assistant).filter(number=number).first() if is_number else None
    if row is None:
        raise Unfit("its header “kid” names no living secret of this assistant")
    failure: jwt.InvalidSignatureError | None = None
    for secret in derived(row):
        try:
            payload: dict[str, Any] = jwt.decode(
                token,
                secret,
                algorithms=[ALGORITHM],
                audience=assistant.key,
                leeway=LEEWAY,
                options={"require": NEEDED, "strict_aud": True},
            )
        except jwt.InvalidSignatureError as error:
            failure = error
        else:
            return payload
    raise failure or jwt.InvalidSignatureError


def _vouched(payload: dict[str, Any]) -> Vouched:
    begins, ends = payload["iat"], payload["exp"]
    if not (_is_moment(begins) and _is_moment(ends)):
        raise Unfit("“iat” and “exp” must be whole seconds of the epoch")
    if ends - begins > LIFETIME:
        raise Unfit(f"“exp” may be at most {LIFETIME} seconds after “iat”")
    for name, most in LONGEST.items():
        if not _is_text(payload[name], most) or not payload[name].strip():
            raise Unfit(f"“{name}” must be a text of 1 to {most} characters")
    return Vouched(payload["sub"], _name(payload), _email(payload), payload["jti"], ends)


def _name(payload: dict[str, Any]) -> str:
    name = payload.get("name", "")
    if not _is_text(name, LONGEST_NAME):
        raise Unfit(f"“name” must be a text of at most {LONGEST_NAME} characters")
    return " ".join(name.split())


def _email(payload: dict[str, Any]) -> str:
    email = payload.get("email", "")
    if email == "":
        return ""
    try:
        if not _is_text(email, LONGEST_EMAIL):
            raise ValidationError("no text")
        validate_email(email)
    except ValidationError as error:
        raise Unfit("“email” is no e-mail address") from error
    return str(email)


def _is_moment(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**40


def _is_text(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and storable(value) == value


def _reason(error: BaseException) -> str:
    """Return why a token is refused, in words for who builds the website."""
    if isinstance(error, Unfit):
        return str(error)
    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"“{error.claim}” is missing"
    return next((words for kind, words in REASONS.items() if isinstance(error, kind)), UNKNOWN)
