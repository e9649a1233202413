"""Health: alive, ready, and what doctor says of things that are broken."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from knowledge import heartbeats
from knowledge.embedding import get_embedder
from knowledge.embedding.sets import ensure_active_set
from knowledge.models import Heartbeat
from supportbot.health import examine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("axes")]
NOWHERE = "redis://127.0.0.1:1/0"


def finding(name: str) -> tuple[bool, str]:
    """Return whether a thing is well, and what is said of it."""
    (found,) = examine([name])
    return found.is_well, found.detail


def test_healthz_asks_nothing_of_anybody(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # a fixture without types
        answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_is_ready_when_the_database_is(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "migrations": "ok", "redis": "ok"}


def test_without_redis_we_are_degraded_but_ready(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = NOWHERE

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["redis"] == "failing"


def test_with_a_migration_to_apply_we_are_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'chat'"
            " AND name = (SELECT max(name) FROM django_migrations WHERE app = 'chat')"
        )

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["migrations"] == "failing"
    assert finding("migrations") == (False, "1 not applied: run `manage.py migrate`")


def test_the_databases_and_the_extensions_versions_are_named() -> None:
    assert finding("database")[1].startswith("PostgreSQL ")
    assert re.match(r"\d+\.\d+", finding("pgvector")[1])


@pytest.mark.parametrize("kind", ["worker", "beat", "answers"])
def test_a_process_is_well_while_it_is_seen(kind: str) -> None:
    never = finding(kind)
    heartbeats.beat(kind)
    now = finding(kind)
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(seconds=90))
    silent = finding(kind)

    assert never == (False, "last seen never: start it (`make demo` starts everything)")
    assert now[0]
    assert not silent[0]


def test_the_embedder_is_compared_with_the_stored_vectors(settings: Settings) -> None:
    empty = finding("embedder")
    ensure_active_set()
    same = finding("embedder")
    settings.EMBEDDER = "tests.fakes.OtherEmbedder"
    get_embedder.cache_clear()
    other = finding("embedder")

    assert empty == (True, "axes; nothing is embedded yet")
    assert same == (True, "axes, answers as recorded")
    assert not other[0]
    assert "not the model of the stored vectors" in other[1]


def test_an_embedder_that_cannot_be_loaded_is_a_finding(settings: Settings) -> None:
    settings.EMBEDDER = "bundeld"
    get_embedder.cache_clear()

    is_well, detail = finding("embedder")

    assert not is_well
    assert "EMBEDDER=bundeld cannot be loaded" in detail


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/v1", "http://[", "nonsense"])
def test_a_model_that_cannot_be_reached_is_a_finding(settings: Settings, address: str) -> None:
    settings.MODEL_URL = address

    assert not finding("model")[0]


def test_no_model_is_well_too(settings: Settings) -> None:
    settings.MODEL_URL = ""

    assert finding("model") == (True, "none configured: answers quote the documents")


def test_doctor_names_what_is_broken_and_fails(settings: Settings) -> None:
    settings.REDIS_URL = NOWHERE
    heartbeats.beat("worker")
    out = StringIO()

    with pytest.raises(CommandError, match="need attention"):
        call_command("doctor", stdout=out, no_color=True)

    lines = {line.split()[1]: line.split()[0] for line in out.getvalue().splitlines()}
    assert (lines["redis"], lines["answers"]) == ("BROKEN", "BROKEN")
    assert (lines["database"], lines["worker"], lines["disk"]) == ("ok", "ok", "ok")


def test_doctor_says_whether_mail_goes_out_and_comes_back(settings: Settings) -> None:
    nothing = finding("mail")
    settings.MAIL_FROM, settings.MAIL_URL = "support@example.com", "smtp://127.0.0.1:1"
    away = finding("mail")
    settings.MAIL_URL = "mail.example.com"
    wrong = finding("mail")

    assert nothing[0]
    assert "none goes out: set MAIL_URL and MAIL_FROM" in nothing[1]
    assert not away[0]
    assert (wrong[0], wrong[1].partition(".")[0]) == (False, "MAIL_URL is not the address of a mail server")
