"""The parser host: one warm process that forks a sandboxed child for every file.

Started by ``sandbox.ParserSandbox`` as ``python -m knowledge.parsing.host MODULE:FUNCTION``.
It reads one JSON order a line and answers each with one line. It loads the parser
libraries once, so that a file costs a fork and not an interpreter. When its standard input
closes (its owner is gone, however it died) it kills the child and exits.
"""

import ctypes
import gc
import json
import os
import resource
import select
import signal
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, TextIO

from knowledge.errors import PermanentError
from knowledge.language import warm_up
from knowledge.parsing.base import ParsedDocument

Parse = Callable[[Path, str], ParsedDocument]

RESULT = "result.json"
DONE, REFUSED, OUT_OF_MEMORY, TOO_LARGE, BROKEN = 0, 10, 11, 12, 13
TIMED_OUT = "timed out"

_CLONE_NEWUSER, _CLONE_NEWNET, _PR_SET_PDEATHSIG = 0x10000000, 0x40000000, 1


def main() -> None:
    """Serve orders until standard input closes."""
    module, _, name = sys.argv[1].partition(":")
    parse: Parse = getattr(import_module(module), name)
    warm_up()
    # What is loaded now is shared by all children; the collector must not touch its pages.
    gc.collect()
    gc.freeze()
    # Libraries may print; our answers go through a descriptor that they do not know.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _answer(answers, {"ready": True})
    for line in iter(sys.stdin.readline, ""):
        _answer(answers, _serve(parse, json.loads(line)))


def _answer(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _serve(parse: Parse, order: dict[str, Any]) -> dict[str, Any]:
    """Run one order in a child and say how it ended: a wait status, or that time ran out."""
    host = os.getpid()
    child = os.fork()
    if child == 0:
        _work(parse, order, host)
    watch = os.pidfd_open(child)
    try:
        ready, _, _ = select.select([watch, sys.stdin], [], [], order["seconds"])
    finally:
        os.close(watch)
    is_orphaned = sys.stdin in ready
    if not ready or is_orphaned:
        _kill(child)
    _, status = os.waitpid(child, 0)
    # What the child itself started lives in its session and goes with it.
    _kill(child)
    if is_orphaned:
        sys.exit(1)
    return {"status": TIMED_OUT if not ready else os.waitstatus_to_exitcode(status)}


def _kill(child: int) -> None:
    for kill in (os.killpg, os.kill):
        try:
            kill(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


def _work(parse: Parse, order: dict[str, Any], host: int) -> NoReturn:
    """Parse in the child; it never returns into the host's loop, whatever happens."""
    code = BROKEN
    try:
        _confine(order, host)
        code = _parse(parse, order)
    except MemoryError:
        code = OUT_OF_MEMORY
    except OSError:
        code = TOO_LARGE if _is_full(order) else BROKEN
    finally:  # whatever else was raised ends here: it goes to the log, and the child is gone
        if code == BROKEN:
            traceback.print_exc()
        os._exit(code)


def _parse(parse: Parse, order: dict[str, Any]) -> int:
    try:
        result = parse(Path(order["path"]), order["media_type"]).to_json()
        code = DONE
    except PermanentError as error:
        result, code = {"error": str(error)}, REFUSED
    with Path(RESULT).open("w", encoding="utf-8") as file:
        json.dump(result, file, ensure_ascii=False)
    return code


def _is_full(order: dict[str, Any]) -> bool:
    result = Path(order["directory"], RESULT)
    return result.exists() and result.stat().st_size >= order["output_bytes"]


def _confine(order: dict[str, Any], host: int) -> None:
    """Give up what a parser does not need: memory, time, files, network, the host's session."""
    os.setsid()
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != host:
        os._exit(BROKEN)
    os.chdir(order["directory"])
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    # Refused where user namespaces are off; then the other limits have to do.
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    memory = _address_space() + order["memory_bytes"]
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: order["cpu_seconds"],
        resource.RLIMIT_FSIZE: order["output_bytes"],
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value + (limit == resource.RLIMIT_CPU)))


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main()
