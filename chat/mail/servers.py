"""Servers: from MAIL_URL and MAIL_IMAP_URL to connections, and to a sentence when one is written wrongly."""

import imaplib
import re
import ssl
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

PATIENCE = 20.0  # seconds for each word with a mail server
PORTS = {"smtp": 587, "smtps": 465, "imap": 143, "imaps": 993}
LEAST_SECRET = 20
SMTP, IMAP = ("smtp", "smtps"), ("imap", "imaps")


class BadServer(ValueError):
    """The address of a mail server cannot be read; says how to write it."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server as a URL names it."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    path: str
    tls: bool


def server_of(url: str, schemes: tuple[str, ...]) -> Server:
    """Read the URL of a mail server.

    Raises:
        BadServer: It is none.
    """
    like = f"Write it like {schemes[-1]}://user:password@mail.example.com:{PORTS[schemes[-1]]}/"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadServer(like) from error
    if parts.scheme not in schemes or not parts.hostname:
        raise BadServer(like)
    return Server(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        path=unquote(parts.path.strip("/")),
        tls=parse_qs(parts.query).get("tls", ["0"])[-1] in ("1", "true"),
    )


def is_sending() -> bool:
    """Say whether mail can go out: a server and a sender are set."""
    return bool(settings.MAIL_URL and settings.MAIL_FROM)


def mistakes() -> list[str]:
    """Return a sentence for each setting of mail that is not written as it must be."""
    found = []
    for name, schemes in (("MAIL_URL", SMTP), ("MAIL_IMAP_URL", IMAP)):
        try:
            if value := getattr(settings, name):
                server_of(value, schemes)
        except BadServer as error:
            found.append(f"{name} is not the address of a mail server. {error}")
    if settings.MAIL_FROM and "@" not in parseaddr(settings.MAIL_FROM)[1]:
        found.append("MAIL_FROM is no address. Write it like support@example.com.")
    if settings.MAIL_DOMAIN and not re.fullmatch(r"[A-Za-z0-9.-]+", settings.MAIL_DOMAIN):
        found.append("MAIL_DOMAIN is no domain. Write it like example.com.")
    if 0 < len(settings.MAIL_WEBHOOK_SECRET) < LEAST_SECRET:
        found.append(f"MAIL_WEBHOOK_SECRET is shorter than {LEAST_SECRET} characters.")
    return found


def smtp() -> BaseEmailBackend:
    """Return a connection to the server of MAIL_URL, not yet opened.

    Raises:
        BadServer: MAIL_URL is none.
    """
    server = server_of(settings.MAIL_URL, SMTP)
    connection: BaseEmailBackend = get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.tls and server.scheme == "smtp",
        use_ssl=server.scheme == "smtps",
        timeout=PATIENCE,
    )
    return connection


def imap() -> imaplib.IMAP4:
    """Return a connection to the mailbox of MAIL_IMAP_URL, signed in and with the mailbox selected.

    Raises:
        BadServer: MAIL_IMAP_URL is none.
        OSError, imaplib.IMAP4.error: The server is away, or refuses us.
    """
    server = server_of(settings.MAIL_IMAP_URL, IMAP)
    if server.scheme == "imaps":
        trusted = ssl.create_default_context()
        connection: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            server.host, server.port, ssl_context=trusted, timeout=PATIENCE
        )
    else:
        connection = imaplib.IMAP4(server.host, server.port, timeout=PATIENCE)
        if server.tls:
            connection.starttls(ssl.create_default_context())
    connection.login(server.user, server.password)
    box = '"' + (server.path or "INBOX").replace("\\", "\\\\").replace('"', '\\"') + '"'
    answer, data = connection.select(box)
    if answer != "OK":
        raise connection.error(f"There is no mailbox {box}: {data!r}")
    return connection
