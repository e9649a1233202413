"""Identity tokens: forged, confused, expired and damaged ones are refused with a sentence."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_django import Settings

from chat.conversations import identity_secrets
from chat.conversations.identity_tokens import read_identity
from chat.errors import BadQuestion, Refused
from chat.models import IdentitySecret
from tests.chat.identities import Website
from tests.factories import assistant

pytestmark = pytest.mark.django_db


def refusal(token: str, key: str = "demo") -> str:
    """Return the code with which a token is refused; empty when believed."""
    try:
        read_identity(assistant(key), token)
    except BadQuestion as error:
        return error.code
    return ""


def part(value: object) -> str:
    """Return a part of a token."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned(site: Website) -> str:
    """Return a token of the algorithm none."""
    return f"{part({'alg': 'none', 'kid': site.row.number})}.{part(site.claims())}."


def none_in_capitals(site: Website) -> str:
    """Return a token of the algorithm nOnE, signed though."""
    return f"{part({'alg': 'nOnE', 'kid': site.row.number})}.{part(site.claims())}.{part(b'x' * 32)}"


def by_a_key_pair(site: Website) -> str:
    """Return a token signed by RS256."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return jwt.encode(site.claims(), pem, "RS256", {"kid": site.row.number})


def by_a_longer_hash(site: Website) -> str:
    """Return a token of the right secret and the wrong algorithm."""
    return jwt.encode(site.claims(), site.secret, "HS512", {"kid": site.row.number})


def by_another_secret(site: Website) -> str:
    """Return a token that somebody made up."""
    return jwt.encode(site.claims(), "guessed" * 8, "HS256", {"kid": site.row.number})


def without_a_number(site: Website) -> str:
    """Return a token that names no secret."""
    return jwt.encode(site.claims(), site.secret, "HS256")


def by_an_embedded_key(site: Website) -> str:
    """Return a token that brings its own key."""
    jwk = {"kty": "oct", "k": part(b"mine" * 8)}
    return jwt.encode(site.claims(), b"mine" * 8, "HS256", {"kid": site.row.number, "jwk": jwk})


def by_the_salt(site: Website) -> str:
    """Return a token signed with what the database has."""
    return jwt.encode(site.claims(), site.row.salt, "HS256", {"kid": site.row.number})


def changed_afterwards(site: Website) -> str:
    """Return a token whose claims were exchanged."""
    head, _claims, signature = site.sign().split(".")
    return f"{head}.{part(site.claims('dan-1'))}.{signature}"


FORGERS: list[Callable[[Website], str]] = [
    unsigned,
    none_in_capitals,
    by_a_key_pair,
    by_a_longer_hash,
    by_another_secret,
    without_a_number,
    by_an_embedded_key,
    by_the_salt,
    changed_afterwards,
]


@pytest.mark.parametrize("forge", FORGERS, ids=lambda forge: forge.__name__)
def test_a_forged_token_is_refused(forge: Callable[[Website], str]) -> None:
    site = Website()

    assert refusal(site.sign()) == ""
    assert refusal(forge(site)) == "bad_identity"


NOW = int(time.time())  # of the start; far enough from what a test may wait until it runs


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": None},
        {"iat": None},
        {"exp": None},
        {"jti": None},
        {"aud": None},
        {"aud": "other"},
        {"aud": ["demo", "other"]},
        {"sub": ""},
        {"sub": "  "},
        {"sub": "x" * 201},
        {"sub": "a\x00b"},
        {"jti": ""},
        {"jti": "x" * 121},
        {"exp": NOW + 10**6},
        {"iat": NOW - 10**6},
        {"iat": NOW + 10**6, "exp": NOW + 10**6 + 60},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"iat": True},
        {"iat": "yesterday"},
        {"name": 7},
        {"name": "x" * 121},
        {"email": "nobody"},
        {"email": ["a@example.com"]},
        {"email": "x" * 250 + "@example.com"},
    ],
    ids="-".join,
)
def test_a_token_that_says_too_little_or_too_much_is_refused(claims: dict[str, Any]) -> None:
    assert refusal(Website().sign(**claims)) == "bad_identity"


def test_a_moment_with_a_point_in_it_is_refused() -> None:
    assert refusal(Website().sign(exp=float(int(time.time()) + 60))) == "bad_identity"


@pytest.mark.parametrize("claims", [{"sub": 7}, {"sub": ["cleo"]}, {"jti": 7}], ids=str)
def test_ids_are_texts(claims: dict[str, Any]) -> None:
    site = Website()
    payload = part({**site.claims(), **claims})
    head = part({"alg": "HS256", "kid": site.row.number})
    signature = jwt.api_jws.get_algorithm_by_name("HS256").sign(
        f"{head}.{payload}".encode(), site.secret.encode()
    )

    assert refusal(f"{head}.{payload}.{part(signature)}") == "bad_identity"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a.b.c",
        "....",
        "é.é.é",
        "\x00",
        "[" * 4000,
        part(b"[" * 2900) + ".e30.x",
        part(b'{"a":' * 500) + ".e30.x",
        part([]) + ".e30.x",
        part({"alg": "HS256", "kid": 7}) + ".e30.x",
        part({"alg": "HS256", "kid": "\x00"}) + ".e30.x",
        part({"alg": "HS256", "kid": "k" * 3000}) + ".e30.x",
        part({"alg": ["HS256"], "kid": "k"}) + ".e30.x",
        part(b"\xff\xfe") + ".e30.x",
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_token_is_said(text: str) -> None:
    assert refusal(text) == "bad_identity"


def test_an_expired_token_is_refused_after_a_minute_of_patience() -> None:
    site, now = Website(), int(time.time())

    assert refusal(site.sign(iat=now - 100, exp=now - 50)) == ""
    assert refusal(site.sign(iat=now - 200, exp=now - 100)) == "expired_identity"
    assert refusal(site.sign(iat=now + 50, exp=now + 350)) == ""


def test_a_token_of_another_assistant_is_refused() -> None:
    other = Website(assistant("other"))

    assert refusal(other.sign(), "other") == ""
    assert refusal(other.sign(), "demo") == "bad_identity"
    assert refusal(other.sign(aud="demo"), "demo") == "bad_identity"


def test_two_secrets_live_side_by_side_and_a_third_only_when_one_is_retired() -> None:
    old, new = Website(), Website()
    before = [refusal(old.sign()), refusal(new.sign())]
    with pytest.raises(Refused):
        identity_secrets.create(assistant())

    retired = identity_secrets.retire(assistant(), old.row.number)
    again = identity_secrets.retire(assistant(), old.row.number)

    assert (before, retired, again) == (["", ""], True, False)
    assert refusal(old.sign()) == "bad_identity"
    assert refusal(new.sign()) == ""
    assert Website().secret not in (old.secret, new.secret)


def test_a_secret_is_derived_and_outlives_a_change_of_secret_key_for_as_long_as_it_is_honoured(
    settings: Settings,
) -> None:
    site = Website()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another " * 8, [settings.SECRET_KEY]
    honoured = refusal(site.sign())
    settings.SECRET_KEY_FALLBACKS = []

    assert honoured == ""
    assert refusal(site.sign()) == "bad_identity"
    assert site.secret not in str(IdentitySecret.objects.values())
    assert len(site.secret) == 43
