"""Tests of the embedded services: they start anywhere, are shared, heal, and leave when nobody needs them."""

import json
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from supportbot.embedded.account import server_account
from supportbot.embedded.folder import PROJECT, secret
from supportbot.embedded.leash import leashed
from supportbot.embedded.locking import is_held
from supportbot.embedded.services import Services, ensure_services
from tests.embedded.waiting import eventually, is_alive

pytestmark = pytest.mark.embedded

USER = """
import sys, time
from pathlib import Path
from supportbot.embedded.services import ensure_services
services = ensure_services(Path(sys.argv[1]), {})
print(services.database_url, services.redis_url, flush=True)
time.sleep(600)
"""


def start_user(data: Path) -> subprocess.Popen[str]:
    """Start another process that uses the services of ``data`` and prints their URLs."""
    command = [sys.executable, "-c", USER, str(data)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT)


def first_line(user: subprocess.Popen[str]) -> str:
    """Return what a user has printed."""
    assert user.stdout is not None
    return user.stdout.readline().strip()


def end(user: subprocess.Popen[str]) -> None:
    """Kill a user as cruelly as can be."""
    user.kill()
    user.communicate()


def fact(data: Path, name: str, key: str) -> int:
    """Return a number of what the keeper of ``name`` tells about its server."""
    return int(json.loads((data / "run" / f"{name}.json").read_text(encoding="utf-8"))[key])


def one(url: str, query: str) -> object:
    """Return the only value of a query."""
    with psycopg.connect(url, connect_timeout=3) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def works(services: Services) -> bool:
    """Say whether both servers answer."""
    try:
        return one(services.database_url, "SELECT 1") == 1 and bool(redis.from_url(services.redis_url).ping())
    except (psycopg.Error, redis.RedisError):
        return False


def test_both_services_work_from_a_folder_deeper_than_a_socket_path(shared: tuple[Path, Services]) -> None:
    data, services = shared
    assert len(str(data / "run")) > 107

    length = one(services.database_url, "SELECT vector_dims('[1,2,3]'::vector)")
    answered = redis.from_url(services.redis_url).ping()

    assert (length, answered) == (3, True)


def test_the_products_role_makes_databases_with_vectors_but_is_no_superuser(
    shared: tuple[Path, Services],
) -> None:
    services = shared[1]
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE another")

    elsewhere = services.database_url.replace("/supportbot?", "/another?")

    assert one(elsewhere, "SELECT count(*) FROM pg_extension WHERE extname = 'vector'") == 1
    assert one(elsewhere, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_a_command_before_there_are_tables_says_how_to_make_them(shared: tuple[Path, Services]) -> None:
    data, services = shared

    done = subprocess.run(
        [sys.executable, str(PROJECT / "manage.py"), "search", "parcel"],
        env={**os.environ, **services.environment(), "SUPPORTBOT_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "The database has no tables yet, or older ones: run `manage.py migrate`, then this again."
    )
    assert "Traceback" not in done.stderr


def test_the_servers_do_not_run_as_root(shared: tuple[Path, Services]) -> None:
    data = shared[0]

    owners = [Path(f"/proc/{fact(data, name, 'pid')}").stat().st_uid for name in ("postgres", "valkey")]

    assert 0 not in owners


def test_valkey_refuses_whoever_has_no_password(shared: tuple[Path, Services]) -> None:
    data = shared[0]
    port = json.loads((data / "ports.json").read_text(encoding="utf-8"))["valkey"]

    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=port).ping()


def test_two_commands_that_start_at_the_same_moment_share_the_servers(data: Path) -> None:
    users = [start_user(data), start_user(data)]

    urls = {first_line(user) for user in users}

    for user in users:
        end(user)
    assert len(urls) == 1
    assert urls != {""}


def test_the_servers_stop_when_the_last_user_is_killed(data: Path) -> None:
    users = [start_user(data), start_user(data)]
    for user in users:
        first_line(user)
    pids = [fact(data, name, key) for name in ("postgres", "valkey") for key in ("pid", "keeper")]

    end(users[0])
    time.sleep(1)  # long enough for a keeper to look at its users several times
    still_running = [is_alive(pid) for pid in pids]
    end(users[1])

    assert all(still_running)
    assert eventually(lambda: not any(is_alive(pid) for pid in pids))


def test_killed_servers_come_back_under_the_same_urls(data: Path, services: Services) -> None:
    with psycopg.connect(services.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
    before = [fact(data, name, "pid") for name in ("postgres", "valkey")]

    for pid in before:
        os.kill(pid, signal.SIGKILL)

    assert eventually(lambda: not any(is_alive(pid) for pid in before))
    assert eventually(lambda: works(services))
    assert one(services.database_url, "SELECT value FROM kept") == 42


def test_killed_keepers_take_their_servers_along_and_are_replaced(data: Path, services: Services) -> None:
    servers = [fact(data, name, "pid") for name in ("postgres", "valkey")]

    for name in ("postgres", "valkey"):
        os.kill(fact(data, name, "keeper"), signal.SIGKILL)
    services_stopped = eventually(lambda: not any(is_alive(pid) for pid in servers))
    services.watch()

    assert services_stopped
    assert eventually(lambda: works(services))


def test_a_lock_file_that_names_a_process_of_somebody_else_is_no_obstacle(data: Path) -> None:
    bystander = subprocess.Popen(
        leashed(["sleep", "600"], death=signal.SIGKILL, account=server_account(data / "postgres"))
    )
    lines = [str(bystander.pid), str(data / "postgres"), "1700000000", "5432", "/tmp", "", "1 1", "ready"]
    (data / "postgres" / "postmaster.pid").write_text("\n".join(lines) + "\n", encoding="utf-8")

    services = ensure_services(data, {})

    bystander_lives = bystander.poll() is None
    answers = works(services)
    bystander.kill()
    bystander.wait()
    services.let_go_and_wait()
    assert (answers, bystander_lives) == (True, True)


def test_a_port_that_somebody_took_meanwhile_is_replaced(data: Path) -> None:
    first = ensure_services(data, {})
    first.let_go_and_wait()
    port = json.loads((data / "ports.json").read_text(encoding="utf-8"))["valkey"]

    with socket.create_server(("127.0.0.1", port)):
        second = ensure_services(data, {})
        answers = works(second)
        second.let_go_and_wait()

    assert answers
    assert first.redis_url != second.redis_url


def test_the_port_and_the_password_are_remembered(data: Path) -> None:
    first = ensure_services(data, {})
    first.let_go_and_wait()

    second = ensure_services(data, {})
    second.let_go_and_wait()

    assert second.environment() == {**first.environment(), "DATABASE_URL": second.database_url}


def test_urls_that_are_given_are_left_alone(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://elsewhere/db", "REDIS_URL": "redis://elsewhere/0"}

    services = ensure_services(tmp_path, given)

    assert services.environment() == given
    assert list(tmp_path.iterdir()) == []


def test_one_given_url_leaves_the_other_service_embedded(data: Path) -> None:
    services = ensure_services(data, {"DATABASE_URL": "postgresql://elsewhere/db"})

    running = [is_held(data / "run" / f"{name}.keeper") for name in ("postgres", "valkey")]
    services.let_go_and_wait()

    assert running == [False, True]


def test_secrets_are_kept_and_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()

    first, second = secret(tmp_path / "secret_key"), secret(tmp_path / "secret_key")

    assert first == second
    assert len(first) == 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the servers another account")
def test_root_lends_the_servers_an_account_without_a_shell(tmp_path: Path) -> None:
    account = server_account(tmp_path / "nothing-here-yet")

    assert account is not None
    assert pwd.getpwuid(account[0]).pw_shell.endswith(("nologin", "false"))
