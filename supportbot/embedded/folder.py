"""The data folder: where everything that this machine must remember lies, and who may read it.

``postgres/ valkey/ files/ logs/ run/ secret_key staff_password ports.json``
"""

import json
import os
import secrets
import socket
from pathlib import Path

from supportbot.embedded.locking import FileLock

PROJECT = Path(__file__).resolve().parents[2]
LOG_BYTES = 10_000_000


class EmbeddedError(RuntimeError):
    """What an operator must know; the text is one sentence with the way out."""


def data_folder() -> Path:
    """Return the data folder of this project (``SUPPORTBOT_DATA``), existing and closed to other users."""
    data = Path(os.environ.get("SUPPORTBOT_DATA") or PROJECT / ".data").resolve()
    try:
        for folder in (data, *(data / name for name in ("run", "logs", "files", "static"))):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(
            f"The data folder {data} cannot be made ({error.strerror}); "
            "give SUPPORTBOT_DATA a folder that you may write."
        ) from error
    return data


def write_private(path: Path, text: str) -> None:
    """Write ``text`` so that nobody else may read it and no reader ever sees half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def secret(path: Path, length: int = 50) -> str:
    """Return the secret kept at ``path``; the first call makes it up."""
    with FileLock(path.parent / "run" / f"{path.name}.lock"):
        kept = path.read_text(encoding="utf-8").strip() if path.exists() else ""
        if not kept:
            kept = secrets.token_urlsafe(length)[:length]
            write_private(path, kept + "\n")
    return kept


def port_is_free(port: int) -> bool:
    """Say whether a server could listen on 127.0.0.1:``port`` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def remembered_port(data: Path, name: str, wanted: int = 0) -> int:
    """Return the port that ``name`` had last time, or another if that is taken; 0 wants any free one."""
    ledger = data / "ports.json"
    with FileLock(data / "run" / "ports.lock"):
        ports = _read_ports(ledger)
        taken = {port for other, port in ports.items() if other != name}
        port = ports.get(name, wanted)
        if not port or port in taken or not port_is_free(port):
            port = next_free_port(wanted, taken)
        if ports.get(name) != port:
            write_private(ledger, json.dumps({**ports, name: port}, indent=2) + "\n")
    return port


def last_port(data: Path, name: str) -> int:
    """Return the port that ``name`` had last time, taken or not; 0 if none is remembered."""
    return _read_ports(data / "ports.json").get(name, 0)


def next_free_port(first: int, taken: set[int]) -> int:
    """Return the first free port from ``first`` up that is not in ``taken``, or any free one."""
    for port in range(first, first + 100) if first else ():
        if port not in taken and port_is_free(port):
            return port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def rotate(log: Path, coming: int = 0) -> None:
    """Move a log that would grow past 10 MB aside, over the one moved aside before."""
    if log.exists() and log.stat().st_size + coming > LOG_BYTES:
        log.replace(log.with_name(log.name + ".1"))


def _read_ports(ledger: Path) -> dict[str, int]:
    try:
        return {str(name): int(port) for name, port in json.loads(ledger.read_text()).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}  # lost or damaged: ports are only remembered for comfort
