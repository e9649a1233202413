"""The leash: replaces itself by a command that the kernel ends together with its starter.

``python leash.py STARTER_PID SIGNAL UID:GID -- COMMAND…`` (an empty ``UID:GID`` keeps the account). It is
a program and no ``preexec_fn``, because Python code between fork and exec can hang in a process with threads.
The kernel watches the *thread* that starts the command: start from one that lives as long as it should.
"""

import ctypes
import os
import shutil
import signal
import sys

PR_SET_PDEATHSIG = 1


def leashed(
    command: list[str], *, death: signal.Signals, account: tuple[int, int] | None = None
) -> list[str]:
    """Return the command line that runs ``command`` on a leash held by the calling process."""
    owner = "" if account is None else f"{account[0]}:{account[1]}"
    interpreter = [sys.executable, "-I", "-S", os.path.abspath(__file__)]
    # Found here, because the other account may not be able to read the folders of this interpreter.
    program = shutil.which(command[0]) or command[0]
    return [*interpreter, str(os.getpid()), str(int(death)), owner, "--", program, *command[1:]]


def main() -> None:
    """Change the account, tie our life to our starter's, become the command."""
    starter, death, owner = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    if owner:
        uid, gid = (int(part) for part in owner.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After the change of account, which would untie it again.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death, 0, 0, 0)
    if os.getppid() != starter:
        sys.exit("The process that started this command has ended already.")
    command = sys.argv[5:]
    os.execv(command[0], command)  # noqa: S606 (no shell is the point)


if __name__ == "__main__":
    main()
