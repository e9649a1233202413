"""Fixtures of the embedded tests: data folders and servers of their own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from supportbot.embedded.services import Services, ensure_services


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose database cluster has been made; tests take copies."""
    data = tmp_path_factory.mktemp("cluster")
    for name in ("run", "logs"):
        (data / name).mkdir()
    ensure_services(data, {}).let_go_and_wait()
    return data


@pytest.fixture
def data(cluster: Path, tmp_path: Path) -> Path:
    """A data folder of this test alone, deeper than a socket's path may be long."""
    return copy_of(cluster, tmp_path)


def copy_of(cluster: Path, folder: Path) -> Path:
    """Copy a data folder to a deep place below ``folder``; servers at rest allow that."""
    deep = folder / ("a-folder-with-a-long-name-" * 3) / ("and-another-one-below-it-" * 3)
    shutil.copytree(cluster, deep, copy_function=copy_with_owner)
    for path in cluster.rglob("*"):
        if path.is_dir():
            shutil.chown(deep / path.relative_to(cluster), path.stat().st_uid, path.stat().st_gid)
    (deep / "ports.json").unlink()
    return deep


def copy_with_owner(source: str, target: str) -> None:
    """Copy a file with its owner, which PostgreSQL insists on."""
    shutil.copy2(source, target)
    status = Path(source).stat()
    shutil.chown(target, status.st_uid, status.st_gid)


@pytest.fixture(scope="module")
def shared(cluster: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Services]]:
    """A data folder and its running servers, for the tests that only look."""
    data = copy_of(cluster, tmp_path_factory.mktemp("shared"))
    started = ensure_services(data, {})
    yield data, started
    started.let_go_and_wait()


@pytest.fixture
def services(data: Path) -> Iterator[Services]:
    """Both servers, running until the test ends."""
    started = ensure_services(data, {})
    yield started
    started.let_go_and_wait()
