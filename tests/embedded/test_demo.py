"""Tests of the rim of the demo and of manage.py: clear sentences instead of surprises."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from supportbot.embedded.cleaning import clean
from supportbot.embedded.demo import Places, only_one, tell_others
from supportbot.embedded.environment import needs_services
from supportbot.embedded.folder import PROJECT, EmbeddedError, next_free_port, remembered_port


def test_a_second_demo_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    place = only_one(tmp_path)
    tell_others(Places(tmp_path, "http://127.0.0.1:8000", "http://127.0.0.1:8001"))

    with pytest.raises(EmbeddedError, match=r"runs already at http://127\.0\.0\.1:8000"):
        only_one(tmp_path)

    place.release()


def test_a_demo_may_start_when_the_first_one_has_ended(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    only_one(tmp_path).release()

    only_one(tmp_path).release()


def test_the_guide_names_every_address(tmp_path: Path) -> None:
    guide = Places(tmp_path, "http://127.0.0.1:8000", "http://127.0.0.1:8001").guide()

    assert "http://127.0.0.1:8000/staff/" in guide
    assert "http://127.0.0.1:8001/" in guide
    assert "make password" in guide


def test_two_names_never_remember_the_same_port(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    wanted = next_free_port(20_000, taken=set())

    ports = [remembered_port(tmp_path, name, wanted) for name in ("web", "website")]

    assert ports[0] != ports[1]
    assert json.loads((tmp_path / "ports.json").read_text(encoding="utf-8")) == dict(
        zip(("web", "website"), ports, strict=True)
    )


def test_a_damaged_ledger_of_ports_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "ports.json").write_text("[1, 2", encoding="utf-8")

    assert remembered_port(tmp_path, "web") > 0


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ([], False),
        (["help"], False),
        (["migrate", "--help"], False),
        (["migrate"], True),
        (["ask", "why"], True),
    ],
)
def test_services_are_started_only_for_commands_that_work_on_data(arguments: list[str], needed: bool) -> None:
    assert needs_services(arguments) is needed


def run_manage(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``manage.py migrate`` with nothing but ``environment`` to go by."""
    bare = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "manage.py", "migrate"]
    return subprocess.run(
        command, env=bare | environment, cwd=PROJECT, capture_output=True, text=True, check=False
    )


def test_without_embedded_services_a_missing_url_is_named(tmp_path: Path) -> None:
    done = run_manage(SUPPORTBOT_EMBEDDED="0", REDIS_URL="redis://elsewhere/0", SUPPORTBOT_DATA=str(tmp_path))

    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL must be set, because SUPPORTBOT_EMBEDDED=0")
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = run_manage(SUPPORTBOT_DATA=str(tmp_path / "file" / "data"))

    assert done.returncode == 1
    assert "give SUPPORTBOT_DATA a folder that you may write" in done.stderr


def test_cleaning_takes_what_we_made_and_leaves_the_rest(tmp_path: Path) -> None:
    for name in ("run", "files", "holiday-photos"):
        (tmp_path / name).mkdir()
    (tmp_path / "secret_key").write_text("x", encoding="utf-8")

    clean(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["holiday-photos"]


def test_a_data_folder_in_use_is_not_cleaned(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    place = only_one(tmp_path)

    with pytest.raises(EmbeddedError, match="is in use"):
        clean(tmp_path)

    place.release()
    assert (tmp_path / "run").is_dir()
