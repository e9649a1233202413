"""Re-embedding: another model's vectors made beside the active ones while customers go on asking.

    python -m bench.scale_data FOLDER_OF_BEIR_SETS 20000
    python -m bench.reembedding FOLDER_OF_BEIR_SETS 20000

A real worker makes the new set, of a model behind an OpenAI-compatible endpoint; the model counts
hashed words, so it costs next to nothing and the figures are those of our own work. Meanwhile
``PER_SECOND`` questions a second are searched for. Then it flips, and goes back. Prints how long each
took and how many questions found nothing or failed; the exit code is 1 if any did.
"""

import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit
from zlib import crc32

import django
import numpy as np

from supportbot.embedded.environment import prepare_environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportbot.settings")
services = prepare_environment()
address = urlsplit(os.environ["DATABASE_URL"])
# The worker must see the same database as we do.
os.environ["DATABASE_URL"] = address._replace(path=f"/scale_{int(sys.argv[2])}").geturl()
django.setup()

from django.conf import settings  # noqa: E402 - needs the set-up above
from django.core.management import call_command  # noqa: E402 - needs the set-up above
from django.db import connection  # noqa: E402 - needs the set-up above

from bench.questions import questions  # noqa: E402 - needs the set-up above
from knowledge.models import Chunk, EmbeddingSet, State  # noqa: E402 - needs the set-up above
from knowledge.retrieval import Scope, search  # noqa: E402 - needs the set-up above
from supportbot.embedded.programs import beat, worker  # noqa: E402 - needs the set-up above
from supportbot.embedded.supervisor import Supervisor  # noqa: E402 - needs the set-up above

PER_SECOND = 5
DIMENSIONS = 256
MODEL = "hashed-words"
REST_SECONDS = 10.0  # of asking before, between and after the flips


class Endpoint(BaseHTTPRequestHandler):
    """Answers like an OpenAI-compatible server: each word adds to one of the dimensions."""

    def do_POST(self) -> None:
        """Answer with one vector per text."""
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        texts = [wanted] if isinstance(wanted, str) else wanted
        data = [{"object": "embedding", "index": n, "embedding": vector(t)} for n, t in enumerate(texts)]
        usage = {"prompt_tokens": 0, "total_tokens": 0}
        body = json.dumps({"object": "list", "model": MODEL, "data": data, "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing."""


def vector(text: str) -> list[float]:
    """Return the normalised counts of a text's words, hashed."""
    counts = np.full(DIMENSIONS, 1e-3)
    for word in text.lower().split():
        counts[crc32(word.encode()) % DIMENSIONS] += 1.0
    return [float(value) for value in counts / np.linalg.norm(counts)]


class Asker(threading.Thread):
    """Searches for one question after the other at a fixed rate, and notes what each found."""

    def __init__(self, asked: list[str]) -> None:
        super().__init__(daemon=True)
        self.found: list[tuple[float, int]] = []  # seconds, passages
        self._asked, self._over = asked, threading.Event()

    def run(self) -> None:
        due = time.monotonic()
        while not self._over.is_set():
            question = self._asked[len(self.found) % len(self._asked)]
            started = time.monotonic()
            count = len(search(question, Scope()))
            self.found.append((time.monotonic() - started, count))
            due += 1 / PER_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
        connection.close()

    def stop(self) -> None:
        """Ask no more."""
        self._over.set()
        self.join()


def timed(act: Callable[[], object], is_done: Callable[[], bool]) -> float:
    """Return the seconds from an act to its effect."""
    started = time.perf_counter()
    act()
    while not is_done():
        time.sleep(0.01)
    return time.perf_counter() - started


def flip(to: EmbeddingSet) -> float:
    """Activate a set; return the seconds until it is the one that is searched."""

    def is_active() -> bool:
        to.refresh_from_db()
        if to.reason:
            sys.exit(f"Set {to.pk} was not activated: {to.reason}")
        return to.is_active

    return timed(lambda: call_command("reembed", "activate", str(to.pk), stdout=StringIO()), is_active)


def make(url: str) -> tuple[EmbeddingSet, float]:
    """Let the worker make the new set; return it and the seconds."""
    started = time.perf_counter()
    call_command("reembed", "begin", "openai", url=url, model=MODEL, stdout=StringIO())
    made = EmbeddingSet.objects.latest("pk")
    while made.state in (State.QUEUED, State.WORKING):
        time.sleep(0.5)
        made.refresh_from_db()
    if made.state != State.READY:
        sys.exit(f"The new set ended {made.state}: {made.reason}")
    return made, time.perf_counter() - started


def main() -> int:
    """Re-embed, flip, go back, under questions."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    data, before = Path(settings.DATA), EmbeddingSet.objects.get(is_active=True)
    asker = Asker(questions(Path(sys.argv[1])))
    with Supervisor([worker(), beat(data)], data / "logs", quiet=True):
        asker.start()
        time.sleep(REST_SECONDS)
        made, seconds = make(f"http://127.0.0.1:{server.server_port}/v1")
        there = flip(made)
        time.sleep(REST_SECONDS)
        back = flip(before)
        time.sleep(REST_SECONDS)
        if not asker.is_alive():
            sys.exit("A search failed: see the traceback above.")
        asker.stop()
        call_command("reembed", "discard", str(made.pk), stdout=StringIO())
        while EmbeddingSet.objects.filter(pk=made.pk).exists():
            time.sleep(0.1)
    took = sorted(1000 * seconds for seconds, _ in asker.found)
    empty = sum(1 for _, count in asker.found if not count)
    print(f"{Chunk.objects.count():,} chunks made anew in {seconds:.0f} s   {made.figures}")
    print(f"flip {there:.2f} s   roll-back {back:.2f} s")
    print(f"{len(took)} questions, {empty} found nothing, p50 {statistics.median(took):.0f} ms", end="")
    print(f", p95 {took[len(took) * 95 // 100]:.0f} ms, longest {took[-1]:.0f} ms")
    return 1 if empty or not asker.found else 0


if __name__ == "__main__":
    sys.exit(main())
