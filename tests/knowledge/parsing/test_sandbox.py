"""The sandbox survives what parsers do to it, and says what happened."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.errors import TransientError
from knowledge.parsing.base import ParsingError
from knowledge.parsing.media import PDF
from knowledge.parsing.parse import parse
from knowledge.parsing.sandbox import MEBIBYTE, Limits, ParserSandbox

LIMITS = Limits(seconds=4, cpu_seconds=1, memory_bytes=256 * MEBIBYTE, output_bytes=2 * MEBIBYTE)
HOSTILE = "tests.knowledge.parsing.hostile:parse"
ROOT = Path(__file__).parents[3]

Obey = Callable[[str], str]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ParserSandbox]:
    with ParserSandbox(LIMITS, HOSTILE) as sandbox:
        yield sandbox


@pytest.fixture
def obey(sandbox: ParserSandbox, tmp_path: Path) -> Obey:
    """Return a function that has the hostile parser obey an order."""

    def send(order: str) -> str:
        file = tmp_path / "order.txt"
        file.write_text(order, encoding="utf-8")
        return sandbox.parse(file, "text/plain").text

    return send


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"


def open_files() -> set[str]:
    """Return what the descriptors of this process point at."""
    links = [Path("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]
    return {os.readlink(link) for link in links if link.is_symlink()}


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("hoard 2000000000", "took more than 256 MB of memory"),
        ("spin", "took longer than 1 seconds"),
        ("sleep 60", "took longer than 4 seconds"),
        ("crash", "Our parser crashed on this file"),
        ("stumble over", "Our parser crashed on this file"),
        ("pour 440000", "holds more than 2 MB of text"),
        ("refuse Pages are missing.", "Pages are missing."),
    ],
)
def test_whatever_a_parser_does_it_ends_in_a_sentence_and_the_host_lives(
    sandbox: ParserSandbox, obey: Obey, order: str, words: str
) -> None:
    obey("hello world")
    host = sandbox.host_pid

    with pytest.raises(ParsingError) as failure:
        obey(order)

    assert words in str(failure.value)
    assert obey("hello again") == "hello again"
    assert sandbox.host_pid == host


def test_a_killed_host_is_started_again(sandbox: ParserSandbox, obey: Obey) -> None:
    obey("hello world")
    host = sandbox.host_pid
    assert host is not None

    os.kill(host, signal.SIGKILL)

    assert obey("hello again") == "hello again"
    assert sandbox.host_pid != host


def test_a_file_that_kills_the_host_twice_is_refused(obey: Obey) -> None:
    with pytest.raises(ParsingError, match="Our parser crashed"):
        obey("murder")

    assert obey("hello again") == "hello again"


def test_a_parser_sees_no_secrets_and_works_in_a_folder_of_its_own(
    obey: Obey, monkeypatch: pytest.MonkeyPatch, sandbox: ParserSandbox
) -> None:
    sandbox.close()
    monkeypatch.setenv("SECRET_KEY", "canary-value")

    seen = obey("environment")

    assert "canary-value" not in seen
    assert "in /tmp/parsing-" in seen


def test_a_parser_has_no_network_where_the_kernel_lets_us_cut_it(obey: Obey) -> None:
    refused = subprocess.run(
        ["unshare", "--user", "--net", "true"], check=False, capture_output=True
    ).returncode
    if refused:
        pytest.skip("this kernel refuses user namespaces")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), timeout=5).close()

        answer = obey(f"connect {port}")

    assert answer == "unreachable"


def test_the_host_and_its_child_die_with_a_killed_owner(tmp_path: Path) -> None:
    order, mark = tmp_path / "order.txt", tmp_path / "mark"
    mark.parent.chmod(0o777)
    order.write_text(f"wait {mark}", encoding="utf-8")
    script = (
        "import sys; from pathlib import Path; from knowledge.parsing.sandbox import ParserSandbox\n"
        f"sandbox = ParserSandbox(parser={HOSTILE!r})\n"
        "sandbox._living_host(); print(sandbox.host_pid, flush=True)\n"
        f"sandbox.parse(Path({str(order)!r}), 'text/plain')"
    )
    owner = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    host = int(owner.stdout.readline())
    wait_until(mark.exists)
    (child,) = Path(f"/proc/{host}/task/{host}/children").read_text(encoding="ascii").split()

    owner.kill()
    owner.communicate()

    wait_until(lambda: not is_alive(host))
    wait_until(lambda: not is_alive(int(child)))


def test_after_a_fork_each_process_has_a_host_of_its_own(sandbox: ParserSandbox, obey: Obey) -> None:
    obey("hello world")
    host = sandbox.host_pid
    orders = os.readlink(f"/proc/{host}/fd/0")

    child = os.fork()
    if child == 0:
        code = 1
        try:
            # A child that kept the parent's pipe open would keep its host alive.
            code = 2 if orders in open_files() else 0
            code = code or (obey("hello child") != "hello child") + (sandbox.host_pid == host)
            sandbox.close()
        finally:
            os._exit(code)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert obey("hello parent") == "hello parent"
    assert sandbox.host_pid == host


def test_a_host_that_cannot_start_is_a_passing_trouble(tmp_path: Path) -> None:
    file = tmp_path / "order.txt"
    file.write_text("hello", encoding="utf-8")

    with (
        ParserSandbox(parser="knowledge.parsing:no_such_function") as broken,
        pytest.raises(TransientError, match="did not start"),
    ):
        broken.parse(file, "text/plain")


def test_the_real_parsers_give_the_same_in_the_sandbox(samples: Path) -> None:
    with ParserSandbox() as sandbox:
        parsed = sandbox.parse(samples / "manual.pdf", PDF)

        with pytest.raises(ParsingError, match="protected by a password"):
            sandbox.parse(samples / "locked.pdf", PDF)

    assert parsed == parse(samples / "manual.pdf", PDF)
    assert sandbox.host_pid is None
