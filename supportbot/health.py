"""Health: what a load balancer asks (alive? ready?) and what ``doctor`` explains."""

import imaplib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from chat.mail import servers
from knowledge import heartbeats
from knowledge.embedding import get_embedder
from knowledge.embedding.sets import active_set, check, embedder_of
from knowledge.errors import KnowledgeError
from supportbot.tables import missing_migrations

PATIENCE = 3.0  # seconds for each thing asked
SILENT_SECONDS = 60
LEAST_VECTOR = (0, 8)
LEAST_DISK = 1_000_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: is it well, and what to do if not."""

    name: str
    is_well: bool
    detail: str


def database() -> str:
    """Ask PostgreSQL for its version."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def pgvector() -> str:
    """Return the version of pgvector."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        row = cursor.fetchone()
    if row is None:
        raise RuntimeError("not installed in this database: run `CREATE EXTENSION vector` as a superuser")
    if tuple(int(part) for part in row[0].split(".")[:2]) < LEAST_VECTOR:
        raise RuntimeError(f"{row[0]} is too old: filtered searches need 0.8 (iterative index scans)")
    return str(row[0])


def redis_server() -> str:
    """Ping Redis."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE) as client:
        client.ping()
        return f"version {client.info('server')['redis_version']}"


def migrations() -> str:
    """Compare the tables with the code."""
    missing = missing_migrations()
    if missing:
        raise RuntimeError(f"{missing} not applied: run `manage.py migrate`")
    return "all applied"


def embedder() -> str:
    """Compare the embedder with the stored vectors."""
    current = active_set()
    if current is None:
        return f"{get_embedder().name}; nothing is embedded yet"
    check(current, embedder_of(current))
    return f"{current.name}, answers as recorded"


def model() -> str:
    """Ask the model's endpoint for its list of models."""
    if not settings.MODEL_URL:
        return "none configured: answers quote the documents"
    headers = {"Authorization": f"Bearer {settings.MODEL_KEY or 'none'}"}
    answer = httpx.get(f"{settings.MODEL_URL.rstrip('/')}/models", headers=headers, timeout=PATIENCE)
    answer.raise_for_status()
    return f"{settings.MODEL_NAME} at {settings.MODEL_URL}"


def mail() -> str:
    """Greet the mail server, and say whether replies come back."""
    if wrong := servers.mistakes():
        raise RuntimeError(" ".join(wrong))
    if not servers.is_sending():
        return "none goes out: set MAIL_URL and MAIL_FROM, or nobody is told when no inbox is open"
    with servers.smtp():
        pass
    ways = [name for name in ("MAIL_WEBHOOK_SECRET", "MAIL_IMAP_URL") if getattr(settings, name)]
    if not settings.MAIL_DOMAIN or not ways:
        return "goes out; replies do not come back (MAIL_DOMAIN, and MAIL_WEBHOOK_SECRET or MAIL_IMAP_URL)"
    if settings.MAIL_IMAP_URL:
        servers.imap().logout()
    return f"goes out; replies come back to {settings.MAIL_DOMAIN}"


def disk() -> str:
    """Look at the space left for documents."""
    folder = Path(settings.DATA)
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < LEAST_DISK:
        raise RuntimeError(f"only {free / 1e6:,.0f} MB free in {folder}: make room")
    return f"{free / 1e9:,.1f} GB free"


def process(kind: str) -> str:
    """Look at when a kind of process was last at work."""
    age = heartbeats.last_seen(kind)
    if age is None or age.total_seconds() > SILENT_SECONDS:
        since = "never" if age is None else f"{age.total_seconds():.0f} s ago"
        raise RuntimeError(f"last seen {since}: start it (`make demo` starts everything)")
    return f"seen {age.total_seconds():.0f} s ago"


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "pgvector": pgvector,
    "migrations": migrations,
    "redis": redis_server,
    "worker": lambda: process("worker"),
    "beat": lambda: process("beat"),
    "answers": lambda: process("answers"),
    "embedder": embedder,
    "model": model,
    "mail": mail,
    "disk": disk,
}
TROUBLES = (
    DatabaseError,
    InterfaceError,
    redis.RedisError,
    httpx.HTTPError,
    httpx.InvalidURL,
    KnowledgeError,
    RuntimeError,
    OSError,
    imaplib.IMAP4.error,
)


def examine(names: list[str] | None = None) -> Iterator[Finding]:
    """Yield a finding for each thing that can be wrong."""
    for name in names or list(CHECKS):
        try:
            yield Finding(name, True, CHECKS[name]())
        except TROUBLES as error:
            yield Finding(name, False, " ".join(str(error).split()) or type(error).__name__)


def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that this process lives; asks nothing of anybody."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> JsonResponse:
    """Say whether this process can serve; Redis away is a degradation, not an outage."""
    findings = list(examine(["database", "migrations", "redis"]))
    needed = all(finding.is_well for finding in findings if finding.name != "redis")
    states = {finding.name: "ok" if finding.is_well else "failing" for finding in findings}
    return JsonResponse({"ready": needed, **states}, status=200 if needed else 503)
