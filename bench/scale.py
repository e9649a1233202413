"""Search at scale: our search beside the bare pgvector statement of the same question, in one run.

    python -m bench.scale FOLDER_OF_BEIR_SETS 10000 100000 1000000

For every size made by ``bench.scale_data`` and every share of it that the scope may see: p50 and
p95 of the embedding of the question, of the bare statement (as many neighbours by as broad a walk
through the HNSW index, with the same joins and filters) and of our whole search, all in milliseconds,
the ratio of ours to bare with the embedding in both, and the recall@10 of each against an exact scan:
for ours that of its dense candidates' best 10.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.db import connection

from bench.questions import questions
from bench.scale_data import use_database
from knowledge.embedding import Vectors, asking, get_embedder, literal
from knowledge.embedding.sets import ensure_active_set
from knowledge.models import EmbeddingSet
from knowledge.retrieval import Scope, search
from knowledge.retrieval.candidates import WALK
from knowledge.retrieval.planning import Walk, walk
from knowledge.retrieval.shelves import shelves_seen

SCOPES = {"1 %": ("one",), "10 %": ("ten",), "100 %": ()}
BARE = """
SELECT c.id, {distance} FROM knowledge_embedding e
JOIN knowledge_chunk c ON c.id = e.chunk_id
JOIN knowledge_document d ON d.live_version_id = c.version_id
WHERE d.is_published AND (d.expires_on IS NULL OR d.expires_on > current_date)
  AND d.audience = 'public' AND d.collection_id = ANY(%(collections)s)
  AND c.is_searchable AND e.is_searchable AND e.embedding_set_id = {set}
ORDER BY {order} LIMIT {limit}
"""


def bare(
    embedding_set: EmbeddingSet, vector: Vectors, collections: Sequence[int], way: Walk | None
) -> list[int]:
    """Return the ids of the ten nearest chunks, by a walk through the index or by looking at all."""
    distance = (
        f"e.vector::halfvec({embedding_set.dimensions}) <=> %(vector)s::halfvec({embedding_set.dimensions})"
    )
    order, limit = (distance, way.neighbours) if way else (f"({distance}) + 0", 10)
    statement = BARE.format(distance=distance, set=embedding_set.pk, order=order, limit=limit)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        if way:
            cursor.execute(WALK.format(breadth=way.breadth))
        cursor.execute(statement, {"vector": literal(vector), "collections": list(collections)})
        nearest = sorted(cursor.fetchall(), key=itemgetter(1))
        return [chunk for chunk, _ in nearest[:10]]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long it took in milliseconds, and what came out."""
    started = time.perf_counter()
    result = work()
    return (time.perf_counter() - started) * 1000, result


def measure(asked: Sequence[str], slugs: tuple[str, ...]) -> dict[str, list[float]]:
    """Ask every question each way, one after the other."""
    embedder, embedding_set = get_embedder(), ensure_active_set()
    seen, scope = shelves_seen(slugs), Scope(collections=slugs)
    collections, way = seen.collections, walk(seen.chunks, seen.everywhere)
    figures: dict[str, list[float]] = {
        name: [] for name in ("embed", "bare", "ours", "bare_recall", "recall")
    }
    for text in asked:
        took, vector = timed(partial(embedder.embed_query, text))
        figures["embed"].append(took)
        bare(embedding_set, vector, collections, way)  # both ways read what the other left in memory
        took, found = timed(partial(bare, embedding_set, vector, collections, way))
        figures["bare"].append(took)
        asking._vector.cache_clear()  # search remembers the last questions' vectors; bare embeds each anew
        took, passages = timed(partial(search, text, scope, 200))
        figures["ours"].append(took)
        truth = set(bare(embedding_set, vector, collections, None))
        nearest = sorted(passages, key=lambda passage: -passage.dense)[:10]
        figures["bare_recall"].append(len(truth & set(found)) / len(truth))
        figures["recall"].append(len(truth & {passage.chunk_id for passage in nearest}) / len(truth))
    return figures


def main() -> None:
    """Print the table for the sizes on the command line."""
    asked = questions(Path(sys.argv[1]))
    print(f"{len(asked)} questions; milliseconds p50/p95")
    print("chunks     visible  embed      bare        ours        ours:bare  recall bare  recall ours")
    for size in sys.argv[2:]:
        use_database(f"scale_{size}")
        for share, slugs in SCOPES.items():
            measure(asked[:5], slugs)
            figures = measure(asked, slugs)
            spans = {name: _span(figures[name]) for name in ("embed", "bare", "ours")}
            with_embedding = [e + b for e, b in zip(figures["embed"], figures["bare"], strict=True)]
            ratio = statistics.median(figures["ours"]) / statistics.median(with_embedding)
            recalls = [statistics.fmean(figures[name]) for name in ("bare_recall", "recall")]
            print(
                f"{int(size):<10,} {share:<8} {spans['embed']:<10} {spans['bare']:<11} {spans['ours']:<11} "
                f"{ratio:<10.2f} {recalls[0]:<12.3f} {recalls[1]:.3f}",
                flush=True,
            )


def _span(values: Sequence[float]) -> str:
    ranked = sorted(values)
    return f"{statistics.median(ranked):.0f}/{ranked[int(len(ranked) * 0.95)]:.0f}"


if __name__ == "__main__":
    main()
