"""Scratch collections: a retrieval set ingested by the real pipeline, for one run or kept for the next."""

import hashlib
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from chat.learning.retrieval_sets import SetDocument
from knowledge.errors import PermanentError
from knowledge.ingestion.accept import accept_file
from knowledge.ingestion.ingest import ingest
from knowledge.models import Collection, Document, State, Version

Names = dict[uuid.UUID, list[str]]


@contextmanager
def scratch(folder: Path, keep: bool) -> Iterator[Collection]:
    """Give a collection that no customer sees; it goes with all it holds unless it is to be kept.

    A kept one is named by its corpus, so that the next run finds it and ingests nothing again.
    """
    digest = hashlib.sha256((folder / "corpus.jsonl").read_bytes()).hexdigest()
    slug = f"scratch-{digest[:12] if keep else uuid.uuid4().hex[:12]}"
    collection, _ = Collection.objects.get_or_create(slug=slug, defaults={"name": slug, "is_scratch": True})
    try:
        yield collection
    finally:
        if not keep:
            remove(collection)


def remove(collection: Collection) -> None:
    """Delete a scratch collection with all it holds."""
    Document.objects.filter(collection=collection).delete()
    collection.delete()


def take_in(documents: Sequence[SetDocument], collection: Collection) -> tuple[Names, list[str]]:
    """Take documents through the real pipeline here; a running worker helps, known ones are left alone.

    Returns:
        Which documents of the set each of ours is (twins share one), and a sentence for each that failed.
    """
    names: Names = {}
    versions, failures = [], []
    quiet = not sys.stderr.isatty()
    with tempfile.TemporaryDirectory() as folder:
        for number, document in enumerate(tqdm(documents, "storing", disable=quiet)):
            path = Path(folder) / "document.txt"
            path.write_text(document.text or document.title, encoding="utf-8")
            try:
                accepted = accept_file(path, f"{number}.txt", collection, title=document.title)
            except PermanentError as error:
                failures.append(f"{document.id}: {error}")
                continue
            names.setdefault(accepted.document.id, []).append(document.id)
            versions.append(accepted.version.id)
    waiting = Version.objects.filter(id__in=versions).exclude(state=State.READY)
    for version_id in tqdm(list(waiting.values_list("id", flat=True)), "ingesting", disable=quiet):
        ingest(version_id)
    _wait(versions)
    failures += [f"{names[version.document_id]}: {version.reason}" for version in waiting.all()]
    return names, failures


def _wait(versions: Sequence[uuid.UUID]) -> None:
    """Wait for those that a worker took; try again those that were put back."""
    open_work = Version.objects.filter(id__in=versions, state__in=[State.QUEUED, State.WORKING])
    while left := list(open_work.values_list("id", flat=True)):
        for version_id in left:
            ingest(version_id)
        time.sleep(0.2)
