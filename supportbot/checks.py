"""System checks: each wrong setting explained under a stable id, with what to do about it.

E: the product must not run like this. W: it runs, but not as it should.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError
from django.utils.module_loading import import_string

from chat.limits.addresses import networks
from chat.mail import servers
from supportbot.health import examine, pgvector

LEAST_SECRET = 50  # characters


@register(Tags.security)
def check_secret(**_: Any) -> list[CheckMessage]:
    """Refuse a missing, short or well-known secret."""
    secret = settings.SECRET_KEY
    if secret.startswith(("insecure-", "django-insecure-", "change-me")) or len(secret) < LEAST_SECRET:
        return [
            Error(
                "SECRET_KEY is missing, too short or a default.",
                hint="Set it to 50 random characters or more; `make demo` makes one by itself.",
                id="supportbot.E003",
            )
        ]
    return []


@register(Tags.security)
def check_debug(**_: Any) -> list[CheckMessage]:
    """Warn of DEBUG on an address of the public."""
    if settings.DEBUG and settings.PUBLIC_URL:
        return [Error("DEBUG is on while PUBLIC_URL is set.", hint="Set DEBUG=0.", id="supportbot.E004")]
    return []


@register(Tags.security)
def check_addresses(**_: Any) -> list[CheckMessage]:
    """Refuse proxies and addresses that are none: limits would miss, or stop everybody."""
    hint = "TRUSTED_PROXIES is a number from 0; UNLIMITED_ADDRESSES are like 203.0.113.7 or 203.0.113.0/24."
    try:
        networks(tuple(settings.UNLIMITED_ADDRESSES))
    except ValueError as error:
        return [Error(f"UNLIMITED_ADDRESSES: {error}.", hint=hint, id="supportbot.E008")]
    if settings.TRUSTED_PROXIES < 0:
        return [Error("TRUSTED_PROXIES is negative.", hint=hint, id="supportbot.E008")]
    return []


@register(Tags.database)
def check_pgvector(**given: Any) -> list[CheckMessage]:
    """Refuse a database without pgvector 0.8."""
    if not given.get("databases"):
        return []
    try:
        pgvector()
    except DatabaseError as error:
        hint = "Check DATABASE_URL, or unset it to use the embedded PostgreSQL."
        return [Error(f"PostgreSQL cannot be reached: {error}", hint=hint, id="supportbot.E001")]
    except RuntimeError as error:
        if "not installed" in str(error):
            return []  # the first migration creates it, and says so if it may not
        hint = "Update the extension to 0.8 or newer."
        return [Error(f"pgvector {error}.", hint=hint, id="supportbot.E002")]
    return []


@register(Tags.compatibility)
def check_models(**_: Any) -> list[CheckMessage]:
    """Refuse half a configuration of an embedder or a model."""
    found: list[CheckMessage] = []
    if settings.EMBEDDER == "openai" and not (settings.EMBEDDER_URL and settings.EMBEDDER_MODEL):
        hint = "Set EMBEDDER_URL (…/v1) and EMBEDDER_MODEL, or EMBEDDER=bundled."
        sentence = "EMBEDDER is openai, but its address or model is not given."
        found.append(Error(sentence, hint=hint, id="supportbot.E005"))
    for name in ("EMBEDDER_URL", "MODEL_URL"):
        value = getattr(settings, name)
        if value and not value.startswith(("http://", "https://")):
            sentence = f"{name} is not an http(s) address: {value!r}."
            found.append(Error(sentence, hint="Like http://host:8081/v1.", id="supportbot.E006"))
    return found


@register(Tags.compatibility)
def check_judge(**_: Any) -> list[CheckMessage]:
    """Refuse a judge of support that cannot be loaded, before the first answer needs it."""
    if settings.SUPPORT_JUDGE in ("", "model"):
        return []
    try:
        import_string(settings.SUPPORT_JUDGE)
    except ImportError as error:
        hint = "Give “model”, the dotted path of a callable that returns a Judge, or nothing."
        return [Error(f"SUPPORT_JUDGE cannot be loaded: {error}.", hint=hint, id="supportbot.E009")]
    return []


@register(Tags.compatibility)
def check_mail(**_: Any) -> list[CheckMessage]:
    """Refuse half a configuration of mail, and warn of none."""
    found: list[CheckMessage] = [
        Error(sentence, hint="See docs/mail.md.", id="supportbot.E020") for sentence in servers.mistakes()
    ]
    if not servers.is_sending():
        sentence = "No mail goes out: MAIL_URL or MAIL_FROM is not set."
        hint = "Set both, or know that nobody is told of a customer who waits while no inbox is open."
        found.append(checks.Warning(sentence, hint=hint, id="supportbot.W020"))
    return found


@register(Tags.database)
def check_embedder(**given: Any) -> list[CheckMessage]:
    """Refuse an embedder that does not answer as recorded; with --database only, as it loads the model."""
    if not given.get("databases"):
        return []
    broken = [finding for finding in examine(["migrations", "embedder"]) if not finding.is_well]
    if any(finding.name == "migrations" for finding in broken):
        return []
    hint = "Set EMBEDDER back to the model of the stored vectors, or see `manage.py doctor`."
    return [Error(finding.detail, hint=hint, id="supportbot.E007") for finding in broken]


@register(Tags.staticfiles)
def check_packages(**_: Any) -> list[CheckMessage]:
    """Warn of missing npm packages: the staff pages would come without style."""
    if not (Path(settings.PROJECT) / "node_modules" / "bootstrap").is_dir():
        return [
            checks.Warning(
                "The front-end packages are not installed, so staff pages have no style.",
                hint="Run `make demo` once, or `npm ci`.",
                id="supportbot.W001",
            )
        ]
    return []
