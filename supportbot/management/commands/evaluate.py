"""manage.py evaluate: how well search finds, measured through the product's own pipeline."""

import json
import sys
import tempfile
import time
import uuid
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from chat.answering.rewriting import stand_alone
from chat.learning.metrics import RankingFigures, percentile, rate
from chat.learning.retrieval_sets import BadSet, RetrievalSet, SetDocument, load
from knowledge.errors import PermanentError
from knowledge.ingestion.accept import accept_file
from knowledge.ingestion.ingest import ingest
from knowledge.models import Collection, Document, State, Version
from knowledge.retrieval import Scope, search

DEPTH = 40  # passages per question, so that ten documents remain when many passages share one


class Command(BaseCommand):
    """Ingest a retrieval set into a scratch collection, ask every question, print the figures."""

    help = "Measure search on a folder with corpus.jsonl, queries.jsonl and qrels.tsv."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--beir", type=Path, required=True, metavar="DIR")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
        parser.add_argument("--rankings", type=Path, metavar="FILE", help="write every ranking there (JSON)")

    def handle(self, *_args: str, **options: Any) -> None:
        try:
            wanted = load(options["beir"])
        except BadSet as error:
            raise CommandError(str(error)) from error
        with _scratch() as collection:
            started = time.monotonic()
            names = self._ingest(wanted.documents, collection)
            ingested = time.monotonic() - started
            collection.refresh_from_db()
            rankings, milliseconds = self._ask(wanted, collection, names)
            figures = rate(rankings, wanted.relevant)
        report = {
            "set": options["beir"].name,
            "documents": len(names),
            "chunks": collection.chunk_count,
            "ingest_seconds": round(ingested, 1),
            **_rounded(figures),
            "p50_ms": round(percentile(milliseconds, 0.5), 1),
            "p95_ms": round(percentile(milliseconds, 0.95), 1),
        }
        self._print(report)
        if options["json"]:
            options["json"].write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        if options["rankings"]:
            options["rankings"].write_text(json.dumps(rankings), encoding="utf-8")

    def _ingest(self, documents: Sequence[SetDocument], collection: Collection) -> dict[uuid.UUID, list[str]]:
        """Take every document through the real pipeline here; a running worker helps."""
        names: dict[uuid.UUID, list[str]] = {}
        versions = []
        with tempfile.TemporaryDirectory() as folder:
            for number, document in enumerate(tqdm(documents, "storing", disable=not sys.stderr.isatty())):
                path = Path(folder) / "document.txt"
                path.write_text(document.text or document.title, encoding="utf-8")
                try:
                    accepted = accept_file(path, f"{number}.txt", collection, title=document.title)
                except PermanentError as error:
                    self.stderr.write(f"{document.id}: {error}")
                    continue
                names.setdefault(accepted.document.id, []).append(document.id)  # twins share a document
                versions.append(accepted.version.id)
        for version_id in tqdm(versions, "ingesting", disable=not sys.stderr.isatty()):
            ingest(version_id)
        _wait(versions)
        failed = Version.objects.filter(id__in=versions).exclude(state=State.READY)
        for version in failed[:5]:
            self.stderr.write(f"{names[version.document_id]}: {version.reason}")
        return names

    def _ask(
        self, wanted: RetrievalSet, collection: Collection, names: dict[uuid.UUID, list[str]]
    ) -> tuple[dict[str, list[str]], list[float]]:
        scope = Scope(audiences=(collection.audience,), collections=(collection.slug,))
        rankings: dict[str, list[str]] = {}
        milliseconds = []
        for query in tqdm(wanted.queries, "asking", disable=not sys.stderr.isatty()):
            started = time.perf_counter()
            passages = search(stand_alone(query.text, query.history), scope, DEPTH)
            milliseconds.append(1000 * (time.perf_counter() - started))
            found = (name for passage in passages for name in names[passage.document_id])
            rankings[query.id] = list(dict.fromkeys(found))
        return rankings, milliseconds

    def _print(self, report: dict[str, Any]) -> None:
        width = max(map(len, report))
        for name, value in report.items():
            self.stdout.write(f"{name:<{width}}  {value}")


def _rounded(figures: RankingFigures) -> dict[str, Any]:
    return {
        "questions": figures.questions,
        "hit@1": round(figures.hit_1, 4),
        "hit@5": round(figures.hit_5, 4),
        "ndcg@10": round(figures.ndcg_10, 4),
        "mrr@10": round(figures.mrr_10, 4),
    }


def _wait(versions: Sequence[uuid.UUID]) -> None:
    """Wait for those that a worker took; try again those that were put back."""
    open_work = Version.objects.filter(id__in=versions, state__in=[State.QUEUED, State.WORKING])
    while left := list(open_work.values_list("id", flat=True)):
        for version_id in left:
            ingest(version_id)
        time.sleep(0.2)


@contextmanager
def _scratch() -> Iterator[Collection]:
    """Give a collection of its own, and remove it with all it holds whatever happens."""
    slug = f"scratch-{uuid.uuid4().hex[:12]}"
    collection = Collection.objects.create(slug=slug, name=slug, is_scratch=True)
    try:
        yield collection
    finally:
        Document.objects.filter(collection=collection).delete()
        collection.delete()
