"""Folder: what the files of a mounted disk are right now.

Only folders that the operator lists are read, and nothing outside of them: a link that
leads out is left out, and what is opened is asked once more where it really is.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.crawling.fetch import Known
from knowledge.crawling.pinning import Refused
from knowledge.parsing.media import BY_SUFFIX, TAKEN
from knowledge.sources.looks import Body, Found, LeftOut, Look, Missing, Same, Why
from knowledge.sources.scope import Patterns

MOST_NAME = 200  # characters


def allowed_folder(address: str, roots: Sequence[str]) -> Path:
    """Return the real path of a folder that may be read.

    Raises:
        Refused: It is not in a listed folder, or there is none.
    """
    folder = Path(address).resolve()
    if not Path(address).is_absolute() or not any(
        folder.is_relative_to(Path(root).resolve()) for root in roots
    ):
        raise Refused(
            f"{address} is not in a folder that may be read. Ask the operator to list it in SOURCE_FOLDERS."
        )
    if not folder.is_dir():
        raise Refused(f"There is no folder {address} on this machine. Is the disk mounted?")
    return folder


@dataclass(frozen=True, slots=True)
class DiskReader:
    """Reads the files of one folder; their addresses are their paths in it."""

    folder: Path
    patterns: Patterns
    most_bytes: int

    def start(self) -> Iterator[Found]:
        """Yield every file that is not hidden; those we cannot take are left out with a reason."""
        for place, folders, names in os.walk(self.folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith("."):
                    yield self._entry(Path(place, name))

    def look(self, address: str, known: Known) -> Look:
        """Return what a file is now; one of the same size and time as before is not read.

        Raises:
            Refused: We do not take it; says why.
        """
        path = self.folder / address
        try:
            file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115 - closed below; needs an opener
        except FileNotFoundError:
            return Missing("The file is gone.")
        except OSError as error:
            raise Refused(f"The file cannot be read: {error.strerror}.") from error
        with file:
            if not Path(f"/proc/self/fd/{file.fileno()}").resolve().is_relative_to(self.folder):
                return LeftOut(Why.KIND, "It is a link that leads out of the folder.")
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return LeftOut(Why.KIND, "It is not a file but a pipe or a device.")
            mark = Known(etag=f"{status.st_size}-{status.st_mtime_ns}")
            if known == mark:
                return Same()
            if status.st_size > self.most_bytes:
                raise Refused(f"It has {status.st_size / 1e6:,.1f} MB; we take {self.most_bytes / 1e6:g} MB.")
            data = file.read(self.most_bytes + 1)
        return Body(data, _file_name(path), hashlib.sha256(data).hexdigest(), mark)

    def _entry(self, path: Path) -> Found:
        address = path.relative_to(self.folder).as_posix()
        if not _is_text(address):
            shown = address.encode(errors="surrogateescape").decode("utf-8", "replace")
            return Found(shown, left_out=LeftOut(Why.KIND, "Its name is not UTF-8: rename it."))
        left_out = self.patterns.left_out(f"/{address}")
        if left_out is None and path.suffix.lower() not in BY_SUFFIX:
            left_out = LeftOut(Why.KIND, f"We do not take files of this kind. We take {TAKEN}.")
        if left_out is None and not path.resolve().is_relative_to(self.folder):
            left_out = LeftOut(Why.KIND, "It is a link that leads out of the folder.")
        return Found(address, left_out=left_out)


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to would keep us for ever."""
    return os.open(path, flags | os.O_NONBLOCK)


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _file_name(path: Path) -> str:
    """Return the name that a file's document goes by: its whole path, so that equal names stay apart."""
    name = str(path).lstrip("/")
    if len(name) <= MOST_NAME:
        return name
    return f"{hashlib.sha256(name.encode()).hexdigest()[:16]}-{name[-MOST_NAME:]}"
