"""Unpacking: an upload becomes one acceptance a file, also when it is an archive of many."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import PermanentError
from knowledge.ingestion.accept import NOBODY, Accepted, Made, accept_file
from knowledge.models import Collection
from knowledge.parsing.archives import members
from knowledge.parsing.guards import is_archive


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one file: what was accepted, or the sentence why it was not."""

    file_name: str
    accepted: Accepted | None
    sentence: str


def accept_upload(
    path: Path, file_name: str, collection: Collection, made: Made = NOBODY
) -> Iterator[Receipt]:
    """Accept a file, or each file of a ZIP under its path in there; one that is refused stops no other."""
    if not is_archive(path, file_name):
        yield _accept(path, file_name, collection, made)
        return
    try:
        for member in members(path):
            yield _accept(member.path, member.inner_path, collection, made)
    except PermanentError as error:
        yield Receipt(file_name, None, str(error))


def _accept(path: Path, file_name: str, collection: Collection, made: Made) -> Receipt:
    try:
        accepted = accept_file(path, file_name, collection, made)
    except PermanentError as error:
        return Receipt(file_name, None, str(error))
    return Receipt(file_name, accepted, accepted.note)
