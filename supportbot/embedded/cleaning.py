"""``make clean-data``: forgets a data folder, unless somebody works with it.

``python -m supportbot.embedded.cleaning FOLDER``
"""

import shutil
import sys
from pathlib import Path

from supportbot.embedded.folder import EmbeddedError
from supportbot.embedded.locking import is_held

TRACES = ("postgres", "valkey", "run", "logs", "files", "static")
FILES = ("secret_key", "staff_password", "valkey_password", "ports.json")


def clean(data: Path) -> None:
    """Remove what we made in ``data`` and nothing else; raise EmbeddedError while it is in use."""
    for place in ("demo.lock", "postgres.keeper", "valkey.keeper"):
        if (data / "run" / place).exists() and is_held(data / "run" / place):
            raise EmbeddedError(f"{data} is in use: stop the demo or the command that uses it first.")
    for name in TRACES:
        shutil.rmtree(data / name, ignore_errors=True)
    for name in FILES:
        (data / name).unlink(missing_ok=True)
    if data.exists() and not any(data.iterdir()):
        data.rmdir()


def main() -> None:
    """Clean the folder that the command line names."""
    try:
        clean(Path(sys.argv[1]))
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
