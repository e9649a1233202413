"""Kills: a real worker killed -9 at every boundary of an ingestion, and what is left of the documents.

    python -m bench.kills FOLDER

Takes two editions of the documents in undisturbed and forgets them. Then it takes the first edition in
and after it the second, and kills the worker at each of the ``BOUNDARIES`` in turn, ``ROUNDS`` times per
edition; Redis is emptied on the way. Meanwhile it looks, many times a second, at what customers could
find. At last two commands take the same folder in at once. Prints what differs; the exit code is 1 if
anything does. Uses the data folder of the environment and runs alone on it.
"""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import redis

from bench.ready import ready

os.environ |= {"INGEST_LEASE_SECONDS": "4", "EMBEDDER_BATCH": "4"}  # so that many kills fit into minutes
services = ready()

from django.conf import settings  # noqa: E402 - needs the set-up above
from django.db import connection  # noqa: E402 - needs the set-up above

from bench import kill_points  # noqa: E402 - needs the set-up above
from knowledge.ingestion.accept import accept_file  # noqa: E402 - needs the set-up above
from knowledge.ingestion.steering import delete_document  # noqa: E402 - needs the set-up above
from knowledge.models import Collection, Document, State, Version  # noqa: E402 - needs the set-up above
from supportbot.embedded.folder import PROJECT  # noqa: E402 - needs the set-up above
from supportbot.embedded.programs import beat, worker  # noqa: E402 - needs the set-up above
from supportbot.embedded.supervisor import Supervisor  # noqa: E402 - needs the set-up above

Stored = dict[tuple[str, int], tuple[str, str]]
DOCUMENTS = 24
ROUNDS = 2
PATIENCE_SECONDS = 120.0
STORED = """
    SELECT d.file_name, c.ordinal, c.content_hash, e.vector::text FROM knowledge_document d
    JOIN knowledge_chunk c ON c.version_id = d.live_version_id
    LEFT JOIN knowledge_embedding e ON e.chunk_id = c.id WHERE d.collection_id = %s ORDER BY 1, 2
"""
FOUND = """
    SELECT d.file_name, c.version_id, count(*) FROM knowledge_document d
    JOIN knowledge_chunk c ON c.version_id = d.live_version_id AND c.is_searchable
    JOIN knowledge_embedding e ON e.chunk_id = c.id AND e.is_searchable
    WHERE d.collection_id = %s GROUP BY 1, 2
"""


def until(look: Callable[[], object]) -> bool:
    """Look every few milliseconds until something is there; False when patience is over."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not look():
        if time.monotonic() > end:
            return False
        time.sleep(0.003)
    return True


def kill_at(boundary: str, collection: Collection) -> bool:
    """Start a worker, kill it with all its children at a boundary; say whether it came there."""
    data = Path(settings.DATA)
    held = list(kill_points.HELD).index(boundary) + kill_points.GATE if boundary in kill_points.HELD else None
    if held:
        kill_points.rows("SELECT pg_advisory_lock(%s)", held)
    with Supervisor([worker()], data / "logs", quiet=True) as supervisor:
        came = until(kill_points.waits(held) if held else kill_points.is_seen(boundary, collection))
        pid = supervisor.pid("worker")
        if came and pid:
            os.killpg(pid, signal.SIGKILL)
    if held:
        kill_points.rows("SELECT pg_advisory_unlock(%s)", held)
    return came


@dataclass
class Watcher(threading.Thread):
    """Looks on while workers die: every document must be findable whole, in one version, or not at all."""

    collection: Collection
    whole: set[tuple[str, int]]  # file and chunks of each edition that may be found
    may_be_absent: bool
    looks: int = 0
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._over = threading.Event()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        while not self._over.wait(0.02):
            found = kill_points.rows(FOUND, self.collection.pk)
            self.looks += 1
            names = [str(name) for name, _, _ in found]
            self.wrong += [f"{name}: {n} chunks" for name, _, n in found if (name, n) not in self.whole]
            self.wrong += [f"{name}: two versions" for name in set(names) if names.count(name) > 1]
            if not self.may_be_absent:
                self.wrong += [f"{name}: not found" for name in {name for name, _ in self.whole} - set(names)]
        connection.close()

    def stop(self) -> None:
        """End the looking."""
        self._over.set()
        self.join()


def sweep(collection: Collection, whole: set[tuple[str, int]], is_new: bool) -> list[str]:
    """Kill at every boundary, let the rest come to its end; return what was wrong on the way."""
    watcher = Watcher(collection, whole, may_be_absent=is_new)
    watcher.start()
    kills, missed = 0, []
    for boundary in kill_points.BOUNDARIES * ROUNDS:
        if kill_at(boundary, collection):
            kills += 1
        else:
            missed.append(f"never came {boundary}")
        if kills % len(kill_points.BOUNDARIES) == len(kill_points.BOUNDARIES) // 2:
            with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
                client.flushall()
    finish(collection)
    watcher.stop()
    states = sorted({str(state) for (state,) in kill_points.rows(STATES, collection.pk)})
    attempts = kill_points.rows(ATTEMPTS, collection.pk)[0][0]
    print(f"kills {kills}   looks {watcher.looks}   states {states}   most attempts {attempts}", flush=True)
    return missed + sorted(set(watcher.wrong))


STATES = """
    SELECT DISTINCT v.state FROM knowledge_version v JOIN knowledge_document d ON d.latest_version_id = v.id
    WHERE d.collection_id = %s
"""
ATTEMPTS = """
    SELECT max(v.attempt) FROM knowledge_version v JOIN knowledge_document d ON d.latest_version_id = v.id
    WHERE d.collection_id = %s
"""


def finish(collection: Collection) -> None:
    """Let a worker end all that is open."""
    is_open = Version.objects.filter(document__collection=collection, state__in=[State.QUEUED, State.WORKING])
    with Supervisor([worker()], Path(settings.DATA) / "logs", quiet=True):
        while is_open.exists():
            time.sleep(0.2)


def stored(collection: Collection) -> Stored:
    """Return the hashes of every live chunk's content and vector, by file and place."""
    return {
        (str(name), int(str(ordinal))): (str(content), hashlib.sha256(str(vector).encode()).hexdigest())
        for name, ordinal, content, vector in kill_points.rows(STORED, collection.pk)
    }


def differing(what: str, found: Stored, expected: Stored) -> list[str]:
    """Return a line that says how many chunks are missing, too many, of other content or another vector."""
    places = found.keys() & expected.keys()
    contents = sum(1 for place in places if found[place][0] != expected[place][0])
    vectors = sum(1 for place in places if found[place] != expected[place]) - contents
    missing, extra = len(expected.keys() - places), len(found.keys() - places)
    if not (missing or extra or contents or vectors):
        return []
    return [f"{what}: {missing} missing, {extra} extra, {contents} other contents, {vectors} other vectors"]


def counted(chunks: Stored) -> set[tuple[str, int]]:
    """Return how many chunks each file has."""
    return set(Counter(name for name, _ in chunks).items())


def undisturbed(folder: Path, collection: Collection) -> Stored:
    """Take a folder in with nothing in the way; return its chunks and forget them again."""
    accept(folder, collection)
    finish(collection)
    chunks = stored(collection)
    delete_all(collection)
    print(f"undisturbed: {len(counted(chunks))} documents, {len(chunks)} chunks", flush=True)
    return chunks


def twice(folder: Path, expected: Stored) -> list[str]:
    """Let two commands take the same folder in at once; return what differs from one."""
    slug = f"twice-{uuid.uuid4().hex[:8]}"
    collection = Collection.objects.create(slug=slug, name=slug, audience="public")
    command = [sys.executable, str(PROJECT / "manage.py"), "ingest", str(folder), "--no-wait"]
    for process in [subprocess.Popen([*command, "--collection", slug]) for _ in range(2)]:
        process.wait()
    finish(collection)
    versions = Version.objects.filter(document__collection=collection).count()
    documents = len(counted(expected))
    wrong = [] if versions == documents else [f"{versions} versions of {documents} documents"]
    return wrong + differing("two commands at once", stored(collection), expected)


def delete_all(collection: Collection) -> None:
    """Delete the documents of a collection, so that their vectors are computed again."""
    for document in Document.objects.filter(collection=collection):
        delete_document(document)


def write_editions(source: Path, nook: Path) -> tuple[Path, Path]:
    """Copy some files into two folders, in the second with every line that ends a sentence revised."""
    first, second = nook / "first", nook / "second"
    first.mkdir()
    second.mkdir()
    for path in sorted(path for path in source.rglob("*.md") if path.is_file())[:DOCUMENTS]:
        text = path.read_text("utf-8")
        (first / path.name).write_text(text, "utf-8")
        revised = [f"{line} (Revised.)" if line.endswith(".") else line for line in text.splitlines()]
        (second / path.name).write_text("\n".join(revised), "utf-8")
    return first, second


def measure(source: Path, nook: Path, collection: Collection) -> list[str]:
    """Take both editions in undisturbed, then killed, then the first twice at once."""
    first, second = write_editions(source, nook)
    old, new = undisturbed(first, collection), undisturbed(second, collection)
    accept(first, collection)
    wrong = sweep(collection, counted(old), is_new=True)
    wrong += differing("first edition", stored(collection), old)
    accept(second, collection)
    wrong += sweep(collection, counted(old) | counted(new), is_new=False)
    wrong += differing("second edition", stored(collection), new)
    delete_all(collection)
    return wrong + twice(first, old)


def accept(folder: Path, collection: Collection) -> None:
    """Queue the files of a folder."""
    for path in sorted(folder.iterdir()):
        accept_file(path, path.name, collection)


def main() -> int:
    """Run the sweep on files of the folder given on the command line."""
    name, data = f"kills-{uuid.uuid4().hex[:8]}", Path(settings.DATA)
    collection = Collection.objects.create(slug=name, name=name, audience="public")
    kill_points.hold_points()
    try:
        with TemporaryDirectory() as nook, Supervisor([beat(data)], data / "logs", quiet=True):
            wrong = measure(Path(sys.argv[1]), Path(nook), collection)
    finally:
        kill_points.drop_points()
    for line in wrong:
        print("WRONG", line)
    print("nothing lost, doubled or partly visible" if not wrong else f"{len(wrong)} things are wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
