"""Ingestion rate: the whole pipeline beside the bare embedder on the same chunks, in one run.

    python -m bench.ingestion FOLDER

Prints files, pages, chunks, seconds, chunks per second of both, their ratio, and the memory of
the worker with all its children: its peak, and its median in each fifth of the time. The worker is
started and has taken in one small document before the clock starts. Files that cannot be read are
counted. Uses the data folder of the environment.
"""

import sys
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil

from bench.ready import ready

services = ready()

from django.core.management import CommandError, call_command  # noqa: E402 - needs the set-up above
from django.db.models.functions import Length  # noqa: E402 - needs the set-up above

from knowledge.embedding import get_embedder  # noqa: E402 - needs the set-up above
from knowledge.ingestion.stages import embedded_text  # noqa: E402 - needs the set-up above
from knowledge.models import Chunk, Collection, Document, State, Version  # noqa: E402 - needs the set-up above
from supportbot.working import own_worker  # noqa: E402 - needs the set-up above

SAMPLE_SECONDS = 0.2
PAGE = 1800  # characters that count as a page where a format has none


class WorkerMemory(threading.Thread):
    """Samples the resident memory of the worker's processes; ``peak`` is their largest sum, in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.sums: list[int] = []
        self.largest = 0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            sizes = [_size(process) for process in _workers()]
            self.sums.append(sum(sizes))
            self.peak = max(self.peak, sum(sizes))
            self.largest = max([self.largest, *sizes])

    def stop(self) -> None:
        """End the sampling."""
        self._over.set()
        self.join()


def _workers() -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if (" worker " in line and "supportbot" in line) or "knowledge.parsing.host" in line:
            found.append(process)
    return found


def _size(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def bare_seconds(texts: Sequence[str], batch: int = 16) -> float:
    """Embed the texts with nothing around it; return the seconds it took."""
    embedder = get_embedder()
    embedder.embed_passages(texts[:2])
    started = time.perf_counter()
    for first in range(0, len(texts), batch):
        embedder.embed_passages(texts[first : first + batch])
    return time.perf_counter() - started


def main() -> None:
    """Measure the folder given on the command line."""
    folder = Path(sys.argv[1])
    slug = f"bench-{uuid.uuid4().hex[:8]}"
    with own_worker(), TemporaryDirectory() as nook:
        warm_up = Path(nook, "warm-up.txt")
        warm_up.write_text(f"The worker {slug} has its model and its parsers in memory now.", "utf-8")
        call_command("ingest", str(warm_up), collection=f"{slug}-warm-up")
        memory = WorkerMemory()
        memory.start()
        started = time.perf_counter()
        with suppress(CommandError):  # it has said which files could not be read
            call_command("ingest", str(folder), collection=slug)
        pipeline = time.perf_counter() - started
        memory.stop()
    chunks = Chunk.objects.filter(version__document__collection__slug=slug)
    places = chunks.values_list("version__document__title", "heading_path", "text")
    texts = [embedded_text(title, path, text) for title, path, text in places]
    live = Version.objects.filter(document__collection__slug=slug, state=State.READY)
    pages = sum(of_pdf or -(-size // PAGE) for of_pdf, size in live.values_list("pages", Length("text")))
    print(f"files {live.count()}   pages {pages}   chunks {len(texts)}", flush=True)
    print(f"worker peak {memory.peak / 1e6:.0f} MB in all, {memory.largest / 1e6:.0f} MB in one process")
    fifth = max(len(memory.sums) // 5, 1)
    medians = [median(memory.sums[first : first + fifth]) for first in range(0, 5 * fifth, fifth)]
    print(
        "median of each fifth of the time:", " ".join(f"{size / 1e6:.0f} MB" for size in medians), flush=True
    )
    bare = bare_seconds(texts)
    ours, theirs = len(texts) / pipeline, len(texts) / bare
    print(f"pipeline {pipeline:.1f} s   bare embedder {bare:.1f} s")
    print(f"chunks/s {ours:.2f}   bare {theirs:.2f}   ratio {ours / theirs:.2f}")
    Document.objects.filter(collection__slug__startswith=slug).delete()
    Collection.objects.filter(slug__startswith=slug).delete()


if __name__ == "__main__":
    main()
