"""Folders: a mounted disk is read as it is, and nothing beside it."""

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from knowledge.crawling.fetch import Known
from knowledge.crawling.pinning import Refused
from knowledge.models import Document, Source, SourceKind, SourcePage, State, Version
from knowledge.sources.folder import DiskReader, allowed_folder
from knowledge.sources.looks import LeftOut, Why
from knowledge.sources.scope import Patterns
from tests.factories import MANUAL
from tests.fakes import AxisEmbedder
from tests.knowledge.sources.syncing import embedded, source_of, synced


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, knowledge: type[AxisEmbedder]) -> Path:
    """Return a folder that the operator lets us read, with two documents."""
    disk = tmp_path / "disk"
    (disk / "machines").mkdir(parents=True)
    (disk / "machines" / "manual.md").write_text(MANUAL)
    (disk / "pump.txt").write_text("Error E-42 means that the pump is blocked. Rinse it with warm water.")
    (tmp_path / "secret.md").write_text("The salary of Ada is nobody's business but hers, and ours.")
    settings.SOURCE_FOLDERS = [str(disk)]
    return disk


@pytest.fixture
def source(folder: Path) -> Source:
    """Return the folder as a source."""
    return source_of(str(folder), SourceKind.FOLDER)


def found(source: Source) -> dict[str, tuple[str, str]]:
    """Return state and reason of each file."""
    pages = SourcePage.objects.filter(source=source)
    return {page.address: (page.state, page.reason) for page in pages}


def test_a_folder_is_taken_in_and_costs_nothing_while_it_is_as_it_was(folder: Path, source: Source) -> None:
    first, cost = synced(source), embedded()
    second, again = synced(source), embedded()

    assert (first.counts, cost) == ({"seen": 2, "fetched": 2, "new": 2}, 4)
    assert (second.counts, again) == ({"seen": 2, "unchanged": 2}, 0)
    assert Document.objects.get(file_name__endswith="disk/machines/manual.md").live_version is not None


def test_one_changed_paragraph_costs_one_embedding(folder: Path, source: Source) -> None:
    synced(source)
    embedded()
    (folder / "machines" / "manual.md").write_text(MANUAL.replace("24 months", "36 months"))

    run = synced(source)

    assert run.counts == {"seen": 2, "fetched": 1, "changed": 1, "unchanged": 1}
    assert embedded() == 1


def test_a_file_that_is_only_touched_makes_no_version(folder: Path, source: Source) -> None:
    synced(source)
    os.utime(folder / "pump.txt", (1, 1))

    run = synced(source)

    assert (run.counts["fetched"], run.counts["unchanged"], Version.objects.count()) == (1, 2, 2)


def test_what_is_hidden_or_of_another_kind_stays_out(folder: Path, source: Source) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "notes.md").write_text("Nothing for customers.")
    (folder / "film.mp4").write_bytes(b"film")

    synced(source)

    assert {name: state for name, (state, _) in found(source).items()} == {
        "machines/manual.md": "new",
        "pump.txt": "new",
        "film.mp4": "skipped",
    }
    assert "We take PDF" in found(source)["film.mp4"][1]


def test_links_that_lead_out_are_left_out(folder: Path, source: Source, tmp_path: Path) -> None:
    (folder / "out.md").symlink_to(tmp_path / "secret.md")
    (folder / "outside").symlink_to(tmp_path)
    (folder / "inside.md").symlink_to(folder / "machines" / "manual.md")

    synced(source)

    assert found(source)["out.md"] == ("skipped", "It is a link that leads out of the folder.")
    assert set(found(source)) == {"machines/manual.md", "pump.txt", "out.md", "inside.md"}
    assert not Version.objects.filter(text__contains="salary").exists()


def test_a_file_that_becomes_a_link_after_it_was_listed_is_left_out(
    folder: Path, source: Source, tmp_path: Path
) -> None:
    synced(source)
    reader_saw = folder / "pump.txt"
    reader_saw.unlink()
    reader_saw.symlink_to(tmp_path / "secret.md")

    synced(source)

    assert found(source)["pump.txt"] == ("skipped", "It is a link that leads out of the folder.")
    assert not Version.objects.filter(text__contains="salary").exists()


def test_what_is_opened_is_asked_where_it_really_is(folder: Path, tmp_path: Path) -> None:
    reader = DiskReader(folder.resolve(), Patterns(), 1_000_000)
    (folder / "out.md").symlink_to(tmp_path / "secret.md")

    look = reader.look("out.md", Known())

    assert look == LeftOut(Why.KIND, "It is a link that leads out of the folder.")


def test_a_pipe_keeps_nobody_waiting(folder: Path, source: Source) -> None:
    os.mkfifo(folder / "pipe.md")

    run = synced(source)

    assert run.state == State.READY
    assert found(source)["pipe.md"] == ("skipped", "It is not a file but a pipe or a device.")


def test_a_disk_that_is_not_mounted_takes_nothing_away(folder: Path, source: Source) -> None:
    synced(source)
    for path in (folder / "machines" / "manual.md", folder / "pump.txt"):
        path.unlink()

    empty = synced(source)
    (folder / "machines").rmdir()
    folder.rmdir()
    away = synced(source)

    assert (empty.state, away.state) == (State.FAILED, State.FAILED)
    assert "Is the disk mounted?" in empty.reason
    assert "Is the disk mounted?" in away.reason
    assert Document.objects.filter(is_published=True).count() == 2


def test_a_file_that_is_removed_is_gone(folder: Path, source: Source) -> None:
    source.grace_days = 0
    source.save()
    synced(source)
    (folder / "pump.txt").unlink()

    runs = [synced(source).counts.get("gone") for _ in range(2)]

    assert runs == [1, 1]
    assert [document.is_published for document in Document.objects.order_by("file_name")] == [True, False]


@pytest.mark.parametrize("address", ["/etc", "relative", "{disk}/../", "{disk}/../secret.md", "{disk}-other"])
def test_only_listed_folders_are_read(folder: Path, address: str) -> None:
    wanted = address.format(disk=folder)

    with pytest.raises(Refused, match="SOURCE_FOLDERS"):
        allowed_folder(wanted, [str(folder)])


def test_without_a_list_no_folder_is_read(folder: Path) -> None:
    with pytest.raises(Refused, match="SOURCE_FOLDERS"):
        allowed_folder(str(folder), [])


def test_a_name_that_is_not_text_is_said_to_be_none(folder: Path, source: Source) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff.md")).write_text("Never mind.")

    run = synced(source)

    assert run.counts["skipped_kind"] == 1
    assert run.state == State.READY
