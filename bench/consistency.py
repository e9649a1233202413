"""Consistency: questions asked while a document is made anew, again and again.

    python -m bench.consistency

A document of ``SECTIONS`` sections is replaced by its next edition as soon as a real worker has put
the last one live; every figure in it differs between editions. Meanwhile ``QUESTIONS`` go through the
whole answer engine. An answer may come from one edition only, and must be found. Then a roll-back and
a deletion must hold from the very next question on. The exit code is 1 if anything does not. Uses the
data folder of the environment.
"""

import asyncio
import sys
import threading
import time
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.ready import ready

services = ready()

from django.conf import settings  # noqa: E402 - needs the set-up above
from django.db import connection  # noqa: E402 - needs the set-up above

from chat.answering.engine import AnswerEngine  # noqa: E402 - needs the set-up above
from chat.answering.events import CitationDraft, Cited, Finished  # noqa: E402 - needs the set-up above
from chat.realtime.engines import engine_for  # noqa: E402 - needs the set-up above
from knowledge.ingestion.accept import accept_file  # noqa: E402 - needs the set-up above
from knowledge.ingestion.steering import delete_document, roll_back  # noqa: E402 - needs the set-up above
from knowledge.models import Collection, Document, State, Version  # noqa: E402 - needs the set-up above
from supportbot.embedded.programs import beat, worker  # noqa: E402 - needs the set-up above
from supportbot.embedded.supervisor import Supervisor  # noqa: E402 - needs the set-up above

SECTIONS = 500
QUESTIONS = 300
PAUSE_SECONDS = 0.5


def edition(number: int) -> str:
    """Return the document's text in one edition; each section names its valve and says the edition."""
    sections = [
        f"## Valve KV-{section + 1000}\n\nValve KV-{section + 1000} opens at {section + 3} bar and closes at "
        f"{section + 1} bar. This holds for edition {number}. Its seal is replaced every {section % 20 + 4} "
        f"months, as edition {number} of the table of valves says.\n"
        for section in range(SECTIONS)
    ]
    return "# Table of valves\n\n" + "\n".join(sections)


class Renewal(threading.Thread):
    """Gives the document's next edition in, as soon as the last one is live, until it is stopped."""

    def __init__(self, collection: Collection, path: Path) -> None:
        super().__init__(daemon=True)
        self.editions = 0
        self._collection, self._path = collection, path
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            give(self._collection, self._path, self.editions + 1)
            self.editions += 1
        connection.close()

    def stop(self) -> None:
        """Let the edition in hand be the last."""
        self._over.set()
        self.join()


def give(collection: Collection, path: Path, number: int) -> Version:
    """Give an edition in and wait until it is live."""
    path.write_text(edition(number), "utf-8")
    version = accept_file(path, path.name, collection).version
    while (version := Version.objects.get(id=version.pk)).is_in_progress:
        time.sleep(0.2)
    if version.state != State.READY:
        sys.exit(f"Edition {number} ended {version.state}: {version.reason}")
    return version


async def ask(engine: AnswerEngine, section: int) -> tuple[str, list[CitationDraft]]:
    """Ask about one valve; return the outcome and what was cited."""
    outcome, cited = "", []
    async for event in engine.answer(f"At how many bar does valve KV-{section + 1000} open?"):
        if isinstance(event, Cited):
            cited.append(event.citation)
        if isinstance(event, Finished):
            outcome = event.outcome
    return outcome, cited


def versions_in(cited: list[CitationDraft]) -> set[uuid.UUID]:
    """Return the versions that an answer was made from."""
    return {citation.passage.version_id for citation in cited}


def question_all(slug: str) -> tuple[list[str], set[uuid.UUID]]:
    """Ask every question; return what was wrong and all the versions that answers came from."""
    wrong, seen = [], set()
    for number in range(QUESTIONS):
        section = number * 7 % SECTIONS
        outcome, cited = asyncio.run(ask(engine_for([slug]), section))
        versions = versions_in(cited)
        seen |= versions
        if outcome != "answered" or not cited:
            wrong.append(f"question {number}: {outcome or 'no end'}")
        if len(versions) > 1:
            wrong.append(f"question {number}: made from {len(versions)} versions")
        if not any(f"KV-{section + 1000} " in citation.passage.text for citation in cited):
            wrong.append(f"question {number}: another valve")
        time.sleep(PAUSE_SECONDS)
    return wrong, seen


def steered(slug: str, document: Document) -> list[str]:
    """Roll back, then delete; return what the next question did not know."""
    document.refresh_from_db()
    before = document.versions.filter(state=State.READY).order_by("-number")[1]
    said = roll_back(document, before)
    _, cited = asyncio.run(ask(engine_for([slug]), 1))
    wrong = [] if versions_in(cited) == {before.pk} else [f"the roll-back did not hold at once: {said}"]
    delete_document(document)
    outcome, cited = asyncio.run(ask(engine_for([slug]), 1))
    return wrong + ([f"after the deletion: {outcome}"] if cited or outcome == "answered" else [])


def main() -> int:
    """Ask while the document is renewed, then steer it; say what did not hold."""
    slug = f"consistency-{uuid.uuid4().hex[:8]}"
    collection = Collection.objects.create(slug=slug, name=slug, audience="public")
    data = Path(settings.DATA)
    with TemporaryDirectory() as nook, Supervisor([worker(), beat(data)], data / "logs", quiet=True):
        path = Path(nook, "valves.md")
        chunks = give(collection, path, 0).chunks.count()
        renewal = Renewal(collection, path)
        renewal.start()
        started = time.monotonic()
        wrong, seen = question_all(slug)
        seconds = time.monotonic() - started
        renewal.stop()
        wrong += steered(slug, Document.objects.get(collection=collection))
    print(f"{chunks} chunks   {renewal.editions} editions while {QUESTIONS} questions in {seconds:.0f} s")
    print(f"answers came from {len(seen)} versions")
    for line in wrong:
        print("WRONG", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
