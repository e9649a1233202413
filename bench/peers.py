"""Peers: our search beside LlamaIndex's and Haystack's on the same chunks, vectors and questions.

    python -m bench.peers FOLDER [--venv DIR] [--sets covidfaq,stackfaq] [--questions 300] [--keep]

FOLDER holds retrieval sets. Each is taken in by the product's own ingestion; the peers get its chunks
(the text that was embedded, title and headings included), its vectors, and the vectors of the
questions, so that embedder and chunking are the same for all. They run over pgvector on the same
PostgreSQL, each in the way its documentation shows, with ``DEPTH`` passages a side and the text search
configuration of the documents' language. Documents count by their best passage. Questions with turns
before them are asked as they stand; ours are asked a second time with the turns. The peers are installed
into DIR out of ``bench/requirements-peers.txt`` if they are not there yet.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Self

from bench.ready import ready

services = ready()

from django.db import connection  # noqa: E402 - needs the set-up above
from django.db.models import F  # noqa: E402 - needs the set-up above

from chat.learning.metrics import RankingFigures, rate  # noqa: E402 - needs the set-up above
from chat.learning.retrieval_sets import Query, load  # noqa: E402 - needs the set-up above
from knowledge.embedding.asking import question_vector  # noqa: E402 - needs the set-up above
from knowledge.embedding.sets import ensure_active_set  # noqa: E402 - needs the set-up above
from knowledge.ingestion.stages import embedded_text  # noqa: E402 - needs the set-up above
from knowledge.models import Collection, Embedding  # noqa: E402 - needs the set-up above
from knowledge.retrieval import Scope, search  # noqa: E402 - needs the set-up above
from supportbot.measuring.scratch import Names, scratch, take_in  # noqa: E402 - needs the set-up above

HERE = Path(__file__).parent
VENV = Path(tempfile.gettempdir()) / "supportbot-peers"
DATABASE = "bench_peers"
DEPTH = 40
SEED = 7
OURS, WITH_TURNS = "ours", "ours, with the turns before"
CONFIGURATIONS = {"ar": "arabic", "de": "german", "en": "english", "es": "spanish", "zh": "simple"}


class Peers:
    """The process of the peers; what it says on standard error is shown if it fails."""

    def __init__(self, venv: Path) -> None:
        environment = {**os.environ, "HAYSTACK_TELEMETRY_ENABLED": "False"}
        self._process = subprocess.Popen(
            [venv / "bin" / "python", "-P", HERE / "peer_systems.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )

    def tell(self, **message: Any) -> dict[str, Any]:
        """Return the answer to a message."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("The peers stopped; see above why.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        """Give the running process."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Let the process end, and its connections with it."""
        self._process.communicate()


def installed(venv: Path) -> Path:
    """Install the peers into an environment of their own if it is not there; return it."""
    if not (venv / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    requirements = HERE / "requirements-peers.txt"
    subprocess.run([venv / "bin" / "python", "-m", "pip", "install", "-q", "-r", requirements], check=True)
    return venv


@contextmanager
def own_database() -> Iterator[dict[str, str]]:
    """Give the peers a database of the product's server, by libpq's names; it goes with them."""
    ours = connection.settings_dict
    place = {"host": ours["HOST"], "port": str(ours["PORT"] or ""), "user": ours["USER"]}
    place |= {"password": ours["PASSWORD"], "dbname": DATABASE}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    connection.close()
    connection.settings_dict["NAME"], name = DATABASE, ours["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield {key: value for key, value in place.items() if value}
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {DATABASE}")


def chunks_of(collection: Collection) -> list[dict[str, Any]]:
    """Return every chunk that can be found, as it was embedded, with its vector."""
    embeddings = Embedding.objects.filter(
        embedding_set=ensure_active_set(),
        chunk__version__document__live_version=F("chunk__version"),
        chunk__version__document__collection=collection,
        chunk__is_searchable=True,
    ).select_related("chunk__version__document")
    return [
        {
            "id": str(one.chunk.pk),
            "document": str(one.chunk.version.document.pk),
            "text": embedded_text(one.chunk.version.document.title, one.chunk.heading_path, one.chunk.text),
            "vector": [float(value) for value in one.vector],
        }
        for one in embeddings
    ]


def ask(peers: Peers, query: Query, names: Names, scope: Scope) -> dict[str, list[str]]:
    """Return the documents of the set that each system finds for a question, best first."""
    of_set = {str(document): ids for document, ids in names.items()}
    vector = question_vector(ensure_active_set(), query.text)
    found = peers.tell(do="ask", question=query.text, vector=[float(value) for value in vector])
    found[OURS] = [str(one.document_id) for one in search(query.text, scope, DEPTH)]
    if query.history:
        earlier = [turn.question for turn in query.history]
        found[WITH_TURNS] = [str(one.document_id) for one in search(query.text, scope, DEPTH, earlier)]
    return {
        system: list(dict.fromkeys(name for document in documents for name in of_set[document]))
        for system, documents in found.items()
    }


def measure(folder: Path, peers: Peers, place: dict[str, str], options: Any) -> dict[str, RankingFigures]:
    """Return how well each system ranks the documents of one set."""
    wanted = load(folder)
    judged = [query for query in wanted.queries if any(wanted.relevant.get(query.id, {}).values())]
    drawn = Random(SEED).sample(judged, min(options.questions, len(judged)))  # noqa: S311 - repeats
    with scratch(folder, options.keep) as collection:
        names, _ = take_in(wanted.documents, collection)
        peers.tell(
            do="load",
            database=place,
            table=folder.name,
            language=CONFIGURATIONS.get(folder.name[-2:], "english"),
            dimensions=ensure_active_set().dimensions,
            limit=DEPTH,
            chunks=chunks_of(collection),
        )
        scope = Scope(audiences=(collection.audience,), collections=(collection.slug,))
        rankings: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
        for query in drawn:
            found = ask(peers, query, names, scope)
            if any(one.history for one in drawn):
                found.setdefault(WITH_TURNS, found[OURS])
            for system, ranking in found.items():
                rankings[system][query.id] = ranking
    relevant = {query.id: wanted.relevant[query.id] for query in drawn}
    return {system: rate(ranked, relevant) for system, ranked in rankings.items()}


def table(results: dict[str, dict[str, RankingFigures]]) -> str:
    """Return all figures in Markdown, and the means over the sets."""
    rows = ["| set | questions | system | hit@1 | hit@5 | ndcg@10 |", "| --- | --- | --- | --- | --- | --- |"]
    means: defaultdict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for name, systems in results.items():
        for system, figures in systems.items():
            shares = (figures.hit_1, figures.hit_5, figures.ndcg_10)
            means[system].append(shares)
            rows.append(_row(name, figures.questions, system, shares))
    for system, found in means.items():
        if len(found) == len(results) > 1:
            rows.append(_row("mean", "", system, [sum(one) / len(found) for one in zip(*found, strict=True)]))
    return "\n".join(rows) + "\n"


def _row(name: str, count: object, system: str, shares: Sequence[float]) -> str:
    return f"| {name} | {count} | {system} | " + " | ".join(f"{share:.4f}" for share in shares) + " |"


def main() -> None:
    """Measure on the folder given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--venv", type=Path, default=VENV)
    parser.add_argument("--sets", default="")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--keep", action="store_true", help="keep what was ingested for the next run")
    parser.add_argument("--markdown", type=Path, help="write the table there as well")
    options = parser.parse_args()
    every = sorted(path.parent.name for path in options.folder.glob("*/corpus.jsonl"))
    names = options.sets.split(",") if options.sets else every
    venv = installed(options.venv)
    results = {}
    with own_database() as place, Peers(venv) as peers:
        for name in names:
            results[name] = measure(options.folder / name, peers, place, options)
            print(table({name: results[name]}), flush=True)
    print(table(results))
    if options.markdown:
        options.markdown.write_text(table(results), encoding="utf-8")


if __name__ == "__main__":
    main()
