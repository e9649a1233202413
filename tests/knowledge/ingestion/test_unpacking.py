"""Unpacking: a ZIP of documents is taken in file by file, and refused as a whole when it is hostile."""

import zipfile
from pathlib import Path

import pytest

from knowledge.ingestion.unpacking import accept_upload
from knowledge.models import Document
from tests.factories import MANUAL, shelf

pytestmark = pytest.mark.usefixtures("knowledge")


def archive(tmp_path: Path, **texts: str) -> Path:
    """Return a ZIP with a file for each keyword; two underscores stand for a dot."""
    path = tmp_path / "help.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in texts.items():
            packed.writestr(f"guides/{name.replace('__', '.')}", text)
    return path


def test_each_file_of_an_archive_is_a_document_and_a_refused_one_stops_no_other(tmp_path: Path) -> None:
    path = archive(tmp_path, manual__md=MANUAL, tool__exe="MZ\x00\x01", notes__txt="The filter is washable.")

    receipts = list(accept_upload(path, "help.zip", shelf()))

    assert [receipt.file_name for receipt in receipts if receipt.accepted] == [
        "guides/manual.md",
        "guides/notes.txt",
    ]
    refused = [receipt for receipt in receipts if receipt.accepted is None]
    assert [receipt.file_name for receipt in refused] == ["guides/tool.exe"]
    assert refused[0].sentence.endswith(".")
    assert Document.objects.count() == 2


def test_an_archive_with_a_way_out_is_refused_whole(tmp_path: Path) -> None:
    path = tmp_path / "help.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("manual.md", MANUAL)
        packed.writestr("../../escape.md", MANUAL)

    receipts = list(accept_upload(path, "help.zip", shelf()))

    assert [(receipt.file_name, receipt.accepted) for receipt in receipts] == [("help.zip", None)]
    assert Document.objects.count() == 0


def test_the_same_archive_again_does_no_work(tmp_path: Path) -> None:
    path = archive(tmp_path, manual__md=MANUAL)
    first = list(accept_upload(path, "help.zip", shelf()))

    again = list(accept_upload(path, "help.zip", shelf()))

    assert [receipt.accepted.is_new for receipt in (*first, *again) if receipt.accepted] == [True, False]
