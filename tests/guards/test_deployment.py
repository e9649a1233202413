"""Deployment files: docker-compose.yml and the Dockerfile run what the supervisor runs, and safely."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.db import connection

from knowledge import heartbeats
from supportbot.embedded import programs
from tests.guards.sources import PROJECT, text_of

DATA = Path("/data")
PROGRAMS = {
    "web": programs.web(8000),
    "answers": programs.answers(),
    "worker": programs.worker(),
    "beat": programs.beat(DATA),
}
OURS = {"migrate", *PROGRAMS}
SERVERS = {"postgres", "redis"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """Return the services of docker-compose.yml, anchors resolved."""
    compose: dict[str, Any] = yaml.safe_load(text_of(Path("docker-compose.yml")))
    found: dict[str, Any] = compose["services"]
    return found


def in_a_container(command: Sequence[str]) -> list[str]:
    """Return a command of the supervisor as it reads inside the image."""
    places = {sys.executable: "python", str(PROJECT / "manage.py"): "manage.py", str(PROJECT): "/app"}
    words = [places.get(word, word) for word in command]
    if "--host" in words:
        words[words.index("--host") + 1] = "0.0.0.0"
    return words


def test_compose_has_the_programs_of_the_supervisor_and_what_they_need(services: dict[str, Any]) -> None:
    names = set(services)

    assert names == OURS | SERVERS


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_service_runs_the_command_of_the_supervisor(services: dict[str, Any], name: str) -> None:
    command = services[name]["command"]

    assert command == in_a_container(PROGRAMS[name].command)


def test_the_image_runs_the_web_process_by_default() -> None:
    joined = text_of(Path("Dockerfile")).replace("\\\n", " ")

    (command,) = re.findall(r"^CMD (\[.*\])$", joined, re.MULTILINE)

    assert json.loads(command) == in_a_container(PROGRAMS["web"].command)


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_service_of_ours_can_do_no_more_than_it_must(services: dict[str, Any], name: str) -> None:
    service = services[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service
    assert service.get("user", "") != "root"


def test_the_image_does_not_run_as_root() -> None:
    users = re.findall(r"^USER (\S+)$", text_of(Path("Dockerfile")), re.MULTILINE)

    assert users[-1].partition(":")[0] not in ("root", "0")


def test_only_the_web_process_is_published_and_only_to_this_machine(services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert set(published) == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_everything_that_stays_up_is_restarted_and_has_a_health_check(services: dict[str, Any]) -> None:
    staying = {name: service for name, service in services.items() if name != "migrate"}

    restarts = {name: service["restart"] for name, service in staying.items()}
    checks = {name: service["healthcheck"].get("test") for name, service in staying.items()}

    assert set(restarts.values()) == {"unless-stopped"}
    assert all(checks.values())
    assert services["migrate"]["restart"] == "no"


def test_our_processes_wait_for_the_migration(services: dict[str, Any]) -> None:
    conditions = {
        name: services[name]["depends_on"]["migrate"]["condition"] for name in OURS if name != "migrate"
    }

    assert set(conditions.values()) == {"service_completed_successfully"}


def test_secrets_have_no_default(services: dict[str, Any]) -> None:
    text = text_of(Path("docker-compose.yml"))

    secrets = re.findall(r"\$\{(SECRET_KEY|POSTGRES_PASSWORD)([:?-]*)", text)

    assert {name for name, _ in secrets} == {"SECRET_KEY", "POSTGRES_PASSWORD"}
    assert {rest for _, rest in secrets} == {":?"}


def test_images_are_pinned_to_a_version(services: dict[str, Any]) -> None:
    images = [service["image"] for service in services.values()]
    images += re.findall(r"^FROM (\S+)", text_of(Path("Dockerfile")), re.MULTILINE)

    assert [image for image in images if not re.search(r":.*\d", image)] == []


def test_the_lock_names_a_hash_for_every_package() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", text_of(Path("requirements.lock")))

    unhashed = [e.split()[0] for e in entries if "==" in e.split("\n")[0] and "--hash=sha256:" not in e]

    assert unhashed == []


def alive(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the health check of a container against the tests' database."""
    database = connection.settings_dict
    parts = {"dbname": database["NAME"], "user": database["USER"], "host": database["HOST"]}
    parts |= {"password": database["PASSWORD"], "port": database["PORT"]}
    url = " ".join(f"{key}='{value}'" for key, value in parts.items() if value)
    command = [sys.executable, str(PROJECT / "deploy" / "alive.py"), *arguments]
    return subprocess.run(
        command, env={"DATABASE_URL": url, "PATH": ""}, capture_output=True, text=True, check=False
    )


@pytest.mark.django_db(transaction=True)
def test_the_health_check_believes_heartbeats_only() -> None:
    before = alive("answers")
    heartbeats.beat("answers")

    after = alive("answers")

    assert (before.returncode, before.stderr.strip()) == (1, "no heartbeat of answers for 60 s")
    assert after.returncode == 0, after.stderr


def test_the_health_check_says_when_nobody_listens() -> None:
    checked = alive("web", "1")

    assert checked.returncode == 1
    assert checked.stderr.startswith("web: ")


def test_the_data_folder_of_the_image_is_the_one_of_compose(services: dict[str, Any]) -> None:
    environment = services["web"]["environment"]

    assert environment["SUPPORTBOT_DATA"] == str(DATA)
    assert "data:/data" in services["web"]["volumes"]
    assert settings.CELERY_BEAT_SCHEDULE_FILENAME.endswith("/run/beat-schedule")
