"""Data for the bench of scale: databases of 10,000 to 1,000,000 chunks, made in minutes.

    python -m bench.scale_data FOLDER_OF_BEIR_SETS 10000 100000 1000000

Sentences of real corpora give the words; each chunk has four of them. Its vector is the mean of
theirs by the bundled embedder, moved by some noise, so that vectors lie where real ones lie and
real questions fall among them. A hundredth of the documents is in the collection ``one``, a tenth in
``ten``, the others are in ``rest``. Each size has a database of its own: ``scale_10000`` …
"""

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.ready import ready

services = ready()

from django.core.management import call_command  # noqa: E402 - needs the set-up above
from django.db import connection  # noqa: E402 - needs the set-up above

from knowledge.embedding import get_embedder  # noqa: E402 - needs the set-up above
from knowledge.embedding.sets import ensure_active_set  # noqa: E402 - needs the set-up above
from knowledge.lexical_index import BODY, vector_of  # noqa: E402 - needs the set-up above

SENTENCES = 1500
CHUNKS_OF_A_DOCUMENT = 10
NOISE = 0.8  # length of the noise beside the sum of four unit vectors, which is about 3.6 long
# Multiplying by primes deals the sentences out: the n-th chunk has the sentences (n · prime + n // step).
DEAL = ((7919, 10**12), (104729, 13), (1299709, 17), (15485863, 19))
BATCH = 20_000
COLLECTIONS = (("one", 0.01), ("ten", 0.10), ("rest", 0.89))
Matrix = npt.NDArray[np.float32]


def sentences(folder: Path) -> list[str]:
    """Return different sentences of 8 to 40 words out of the corpora below ``folder``."""
    found: dict[str, None] = {}
    for corpus in sorted(folder.glob("*/corpus.jsonl")):
        for line in corpus.read_text(encoding="utf-8").splitlines():
            for sentence in re.split(r"(?<=[.!?])\s+", json.loads(line)["text"]):
                if 8 <= len(sentence.split()) <= 40:
                    found[sentence.strip()] = None
    step = max(len(found) // SENTENCES, 1)
    return list(found)[::step][:SENTENCES]


def open_database(size: int) -> None:
    """Make the database of a size anew and connect to it."""
    name = f"scale_{size}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    use_database(name)
    call_command("migrate", verbosity=0)


def use_database(name: str) -> None:
    """Let Django talk to another database of the same server."""
    connection.close()
    connection.settings_dict["NAME"] = name


def fill(size: int, texts: list[str], centres: Matrix) -> None:
    """Write collections, documents, versions, chunks and vectors."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("DROP INDEX chunk_lexemes")
        cursor.execute("CREATE TEMP TABLE sentence (id int PRIMARY KEY, text text, lexemes tsvector)")
        with cursor.copy("COPY sentence FROM STDIN") as copy:
            for number, text in enumerate(texts):
                copy.write_row((number, text, vector_of([(BODY, text, "en")])[0]))
        _documents(cursor, size // CHUNKS_OF_A_DOCUMENT)
        cursor.execute(_CHUNKS, {"size": size, "per": CHUNKS_OF_A_DOCUMENT, "sentences": len(texts)})
    set_id = ensure_active_set().pk
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX embedding_hnsw_{set_id}")
        with cursor.copy(
            "COPY knowledge_embedding (chunk_id, embedding_set_id, vector, is_searchable)"
            " FROM STDIN (FORMAT binary)"
        ) as copy:
            for block in _vectors(size, centres, set_id):
                copy.write(block)
        _figures(cursor)
    _indexes(set_id, centres.shape[1])


def _documents(cursor: Any, count: int) -> None:
    for slug, _ in COLLECTIONS:
        cursor.execute(
            "INSERT INTO knowledge_collection (slug, name, audience, is_scratch, chunk_count, lexeme_total,"
            " holds_findings, created_at) VALUES (%s, %s, 'public', false, 0, 0, false, now())",
            [slug, slug.title()],
        )
    cursor.execute(_DOCUMENTS, {"count": count})


_DOCUMENTS = """
INSERT INTO knowledge_document (id, collection_id, title, file_name, audience, language, fixed_language,
    is_published, is_pinned, created_at, updated_at)
SELECT md5('d' || n)::uuid,
       (SELECT id FROM knowledge_collection WHERE slug =
           CASE WHEN lot = 0 THEN 'one' WHEN lot <= 10 THEN 'ten' ELSE 'rest' END),
       'Manual ' || n, 'manual-' || n || '.md', 'public', 'en', '', true, false,
       now() - n * interval '1 minute', now()
FROM generate_series(0, %(count)s - 1) AS n,
     LATERAL (SELECT get_byte(sha256(n::text::bytea), 0) * 100 / 256 AS lot);
INSERT INTO knowledge_version (id, document_id, number, sha256, media_type, size, state, stage, done, total,
    reason, attempt, owner, cancel_requested, text, blocks, placements, language, origin, embedded,
    created_at)
SELECT md5('v' || n)::uuid, md5('d' || n)::uuid, 1, md5('v' || n), 'text/markdown', 1000, 'ready', '', 10, 10,
       '', 1, '', false, '', '[]', '[]', 'en', 'upload', 10, now()
FROM generate_series(0, %(count)s - 1) AS n;
UPDATE knowledge_document d SET live_version_id = v.id, latest_version_id = v.id
FROM knowledge_version v WHERE v.document_id = d.id;
"""
_CHUNKS = """
INSERT INTO knowledge_chunk (id, version_id, ordinal, text, kind, question, heading_path, start,
    "end", language, content_hash, lexemes, lexeme_count, is_disabled, is_searchable)
SELECT n, md5('v' || n / %(per)s)::uuid, n %% %(per)s,
       a.text || ' ' || b.text || ' ' || c.text || ' ' || d.text, 'paragraph', '', '{}', 0, 100, 'en',
       md5(n::text), a.lexemes || b.lexemes || c.lexemes || d.lexemes, 40, false, true
FROM generate_series(0, %(size)s - 1) AS n
JOIN sentence a ON a.id = n * 7919::bigint %% %(sentences)s
JOIN sentence b ON b.id = (n * 104729::bigint + n / 13) %% %(sentences)s
JOIN sentence c ON c.id = (n * 1299709::bigint + n / 17) %% %(sentences)s
JOIN sentence d ON d.id = (n * 15485863::bigint + n / 19) %% %(sentences)s
"""


def _vectors(size: int, centres: Matrix, set_id: int) -> Iterator[bytes]:
    """Give the rows in PostgreSQL's binary COPY format (its documentation, section COPY)."""
    generator = np.random.default_rng(7)
    width = centres.shape[1]
    row = np.dtype(
        [
            *(("fields", ">i2"), ("l1", ">i4"), ("chunk", ">i8"), ("l2", ">i4"), ("set", ">i8")),
            *(("l3", ">i4"), ("width", ">i2"), ("unused", ">i2"), ("vector", ">u2", (width,))),
            *(("l4", ">i4"), ("searchable", "u1")),
        ]
    )
    yield b"PGCOPY\n\xff\r\n\x00" + bytes(8)
    for first in range(0, size, BATCH):
        numbers = np.arange(first, min(first + BATCH, size))
        noise = generator.normal(0, NOISE / np.sqrt(width), (len(numbers), width)).astype(np.float32)
        vectors = noise + sum(
            centres[(numbers * prime + numbers // step) % len(centres)] for prime, step in DEAL
        )
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        rows = np.zeros(len(numbers), row)
        rows["fields"], rows["l1"], rows["l2"], rows["l3"], rows["l4"] = 4, 8, 8, 4 + 2 * width, 1
        rows["chunk"], rows["set"], rows["width"], rows["searchable"] = numbers, set_id, width, 1
        rows["vector"] = vectors.astype(np.float16).view(np.uint16)
        yield rows.tobytes()
    yield b"\xff\xff"


_OF_COLLECTION = (
    "SELECT c.lexemes FROM knowledge_chunk c JOIN knowledge_document d ON d.live_version_id = c.version_id"
    " WHERE d.collection_id = {}"
)


def _figures(cursor: Any) -> None:
    """Count what BM25 needs, as the swaps of versions would have done."""
    cursor.execute("SELECT id FROM knowledge_collection")
    for (number,) in cursor.fetchall():
        of_collection = _OF_COLLECTION.format(int(number))
        cursor.execute(
            "INSERT INTO knowledge_lexemestatistic (collection_id, lexeme, chunks)"
            " SELECT %s, word, ndoc FROM ts_stat(%s)",
            [number, of_collection],
        )
        cursor.execute(
            "UPDATE knowledge_collection SET (chunk_count, lexeme_total) = (SELECT count(*), 40 * count(*)"
            " FROM knowledge_chunk c JOIN knowledge_document d ON d.live_version_id = c.version_id"
            " WHERE d.collection_id = %s) WHERE id = %s",
            [number, number],
        )


def _indexes(set_id: int, width: int) -> None:
    statements = {
        "gin": "CREATE INDEX chunk_lexemes ON knowledge_chunk USING gin (lexemes) WITH (fastupdate = off)"
        " WHERE is_searchable",
        "hnsw": f"CREATE INDEX embedding_hnsw_{set_id} ON knowledge_embedding"
        f" USING hnsw ((vector::halfvec({width})) halfvec_cosine_ops)"
        f" WHERE embedding_set_id = {set_id} AND is_searchable",
        "analyze": "ANALYZE",
    }
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '4GB'; SET max_parallel_maintenance_workers = 2")
        for name, statement in statements.items():
            started = time.perf_counter()
            cursor.execute(statement)
            print(f"  {name} {time.perf_counter() - started:.0f} s", flush=True)
        for index in ("chunk_lexemes", f"embedding_hnsw_{set_id}"):
            cursor.execute("SELECT pg_size_pretty(pg_relation_size(%s::regclass))", [index])
            print(f"  {index}: {cursor.fetchone()[0]}", flush=True)


def main() -> None:
    """Make the databases of the sizes on the command line."""
    texts = sentences(Path(sys.argv[1]))
    embedder = get_embedder()
    centres = np.vstack([embedder.embed_passages(texts[n : n + 16]) for n in range(0, len(texts), 16)])
    print(f"{len(texts)} sentences embedded", flush=True)
    stem = connection.settings_dict["NAME"]
    for size in map(int, sys.argv[2:]):
        started = time.perf_counter()
        use_database(stem)
        open_database(size)
        fill(size, texts, centres)
        print(f"{size:,} chunks in {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
