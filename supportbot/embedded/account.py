"""The account of the embedded servers: who runs PostgreSQL and Valkey when we are root.

PostgreSQL refuses to run as root, so root lends the servers an account of their own,
with no shell and no home.
"""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from supportbot.embedded.folder import EmbeddedError

SYSTEM_USER = "supportbot"


def server_account(home: Path) -> tuple[int, int] | None:
    """Return the (uid, gid) that must run the server of the folder ``home``; None is the account we have."""
    owner = home.stat().st_uid if home.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise EmbeddedError(
                f"{home} belongs to another account (uid {owner}): run this as that account or as root, "
                "or give SUPPORTBOT_DATA another folder."
            )
        return None
    entry = _entry(owner) if owner else None
    entry = entry or _system_user()
    return entry.pw_uid, entry.pw_gid


def open_path(folder: Path) -> None:
    """Let the servers' account pass through (not list) every folder above and including ``folder``."""
    for place in (folder, *folder.parents):
        mode = place.stat().st_mode
        if not mode & 0o001:
            place.chmod(mode & 0o7777 | 0o001)


def give_folder(folder: Path, account: tuple[int, int] | None) -> None:
    """Make ``folder``, closed to all but ``account``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is not None:
        os.chown(folder, *account)
        open_path(folder.parent)
    folder.chmod(0o700)


def _entry(uid: int) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return None


def _system_user() -> pwd.struct_passwd:
    """Return the system user of the servers, made on first use; ``nobody`` where users cannot be made."""
    for name in (SYSTEM_USER, "nobody"):
        if name == SYSTEM_USER and not _exists(name) and shutil.which("useradd"):
            command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
            subprocess.run(command, check=False, capture_output=True)
        if _exists(name):
            return pwd.getpwnam(name)
    raise EmbeddedError(
        "PostgreSQL does not run as root and no other account can be made: run this as an ordinary user."
    )


def _exists(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())
