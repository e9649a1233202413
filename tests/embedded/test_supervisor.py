"""Tests of the supervisor: what dies comes back, what should end ends, whatever happens."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from supportbot.embedded.folder import LOG_BYTES, PROJECT
from supportbot.embedded.output import Log
from supportbot.embedded.supervisor import Program, Supervisor, pause_after
from tests.embedded.waiting import eventually, is_alive

pytestmark = pytest.mark.embedded

WITH_GRANDCHILD = ["sh", "-c", "sleep 600 & echo $! > $NOTE; wait"]
STUBBORN = ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"]
# What a shell runs in the background, a test run too, ignores interrupts and hands that on.
SUPERVISING = """
import signal, sys, time
from pathlib import Path
from supportbot.embedded.supervisor import Program, Supervisor
signal.signal(signal.SIGINT, signal.default_int_handler)
with Supervisor([Program("sleeper", ["sleep", "600"])], Path(sys.argv[1]), quiet=True) as supervisor:
    supervisor.wait_until_ready("sleeper", 10)
    print(supervisor.pid("sleeper"), flush=True)
    time.sleep(600)
"""


def start_supervising(logs: Path) -> tuple[subprocess.Popen[str], int]:
    """Start another process with a supervisor; return it and the pid of the child that it supervises."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISING, str(logs)], stdout=subprocess.PIPE, text=True, cwd=PROJECT
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def test_a_killed_program_is_started_again(tmp_path: Path) -> None:
    with Supervisor([Program("sleeper", ["sleep", "600"])], tmp_path, quiet=True) as supervisor:
        supervisor.wait_until_ready("sleeper", 10)
        first = supervisor.pid("sleeper")
        assert first is not None

        os.kill(first, signal.SIGKILL)

        assert eventually(lambda: supervisor.pid("sleeper") not in (None, first))


def test_a_program_that_cannot_be_found_does_not_stop_the_others(tmp_path: Path) -> None:
    programs = [Program("ghost", ["no-such-program"]), Program("sleeper", ["sleep", "600"])]

    with Supervisor(programs, tmp_path, quiet=True) as supervisor:
        ghost_tried = eventually(lambda: supervisor.starts("ghost") > 1)
        sleeper_runs = supervisor.wait_until_ready("sleeper", 10)

    assert (ghost_tried, sleeper_runs) == (True, True)


def test_pauses_double_while_a_program_dies_soon_after_its_start() -> None:
    pauses = [0.0]

    for _ in range(10):
        pauses.append(pause_after(ran=0.1, pause=pauses[-1]))

    assert pauses[1:5] == [0.2, 0.4, 0.8, 1.6]
    assert pauses[-1] == 30


def test_the_pause_is_short_again_after_a_good_run() -> None:
    assert pause_after(ran=11, pause=30) == 0.2


def test_a_program_is_ready_when_it_says_so(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    program = Program("late", ["sleep", "600"], is_ready=flag.exists)

    with Supervisor([program], tmp_path, quiet=True) as supervisor:
        before = supervisor.wait_until_ready("late", 0.3)
        flag.touch()
        after = supervisor.wait_until_ready("late", 10)

    assert (before, after) == (False, True)


def test_stopping_ends_the_children_of_the_programs_too(tmp_path: Path) -> None:
    note = tmp_path / "note"
    program = Program("parent", WITH_GRANDCHILD, environment={"NOTE": str(note)})

    with Supervisor([program], tmp_path, quiet=True):
        assert eventually(lambda: note.exists() and note.read_text().strip() != "")
    grandchild = int(note.read_text())

    assert eventually(lambda: not is_alive(grandchild))


def test_a_program_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    supervisor = Supervisor([Program("stubborn", STUBBORN)], tmp_path, quiet=True, patience=0.5)
    supervisor.start()
    assert eventually(lambda: b"ready" in (tmp_path / "stubborn.log").read_bytes())
    pid = supervisor.pid("stubborn")
    assert pid is not None

    supervisor.stop()

    assert not is_alive(pid)


def test_programs_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    supervising, child = start_supervising(tmp_path)

    supervising.kill()
    supervising.communicate()

    assert eventually(lambda: not is_alive(child))


def test_an_interrupt_leaves_nothing_running(tmp_path: Path) -> None:
    supervising, child = start_supervising(tmp_path)

    supervising.send_signal(signal.SIGINT)
    supervising.communicate()

    assert not is_alive(child)


def test_output_is_shown_under_its_name_and_kept_in_a_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = Program("greeter", ["sh", "-c", "printf 'grüß\\ngott'; sleep 600"])

    with Supervisor([program], tmp_path):
        assert eventually(lambda: "grüß".encode() in (tmp_path / "greeter.log").read_bytes())

    assert "greeter │ grüß\ngreeter │ gott\n" in capsys.readouterr().out
    assert (tmp_path / "greeter.log").read_text(encoding="utf-8") == "grüß\ngott\n"


def test_a_log_that_is_full_is_moved_aside(tmp_path: Path) -> None:
    log = Log(tmp_path / "big.log")
    log.write(b"x" * (LOG_BYTES - 1))

    log.write(b"one line more\n")

    log.close()
    assert (tmp_path / "big.log").read_bytes() == b"one line more\n"
    assert (tmp_path / "big.log.1").stat().st_size == LOG_BYTES - 1
