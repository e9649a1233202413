"""Factories: documents taken in for real, passages and conversations, for tests that need some."""

import secrets
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Barrier
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, connections

from chat.conversations import answers, turns
from chat.conversations.answers import Reply, Standing, Work
from chat.conversations.turns import Asked
from chat.errors import ChatError
from chat.models import Assistant
from knowledge.errors import KnowledgeError
from knowledge.ingestion.accept import Accepted, accept_file
from knowledge.ingestion.ingest import ingest
from knowledge.models import Audience, Collection, Document
from knowledge.passages import Passage

MANUAL = """# Aroma 3000

## Reset

To reset the machine, hold the power button for ten seconds until the lamp blinks twice. All programs \
are then as they were when the machine was new. Your account and its orders stay as they are.

## Warranty

The warranty lasts 24 months from the day of delivery. Keep the receipt, because the workshop asks \
for it before it opens the machine. Damage by lime is not covered, whoever caused it.

## Pump

Error E-42 means that the pump is blocked. Switch the machine off and rinse the pump with warm water. \
When the message comes back after three attempts, send the machine to the workshop in its box.
"""
_numbers = count(1)


def shelf(slug: str = "help-centre", audience: str = Audience.PUBLIC, is_scratch: bool = False) -> Collection:
    """Return a collection, made when it is not there."""
    collection, _ = Collection.objects.get_or_create(
        slug=slug, defaults={"name": slug.title(), "audience": audience, "is_scratch": is_scratch}
    )
    return collection


def accepted(
    folder: Path, text: str = MANUAL, name: str = "manual.md", on: Collection | None = None
) -> Accepted:
    """Put a file into a collection; nobody works on it yet."""
    path = folder / f"upload-{next(_numbers)}{Path(name).suffix}"
    path.write_text(text, encoding="utf-8")
    return accept_file(path, name, on or shelf())


def taken_in(
    folder: Path, text: str = MANUAL, name: str = "manual.md", on: Collection | None = None
) -> Document:
    """Put a file into a collection and make it ready."""
    taken = accepted(folder, text, name, on)
    ingest(taken.version.id)
    return Document.objects.get(id=taken.document.id)


def in_parallel(*works: Callable[[], object]) -> list[object]:
    """Run each work in a thread with a connection of its own; return what they returned, or raised."""
    together = Barrier(len(works))

    def alone(work: Callable[[], object]) -> object:
        try:
            together.wait()
            return work()
        except (KnowledgeError, ChatError, DatabaseError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(alone, works))


def until_somebody_waits(seconds: float = 20) -> None:
    """Return when a connection waits for a lock that another one holds."""
    end = time.monotonic() + seconds
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            # Unlike pg_stat_activity this view is never remembered for the length of a transaction.
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("Nobody waits for a lock.")


def passage(text: str, **columns: Any) -> Passage:
    """Return a passage that is found with certainty; ``columns`` replace its parts."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "chunk_id": number,
        "document_id": uuid.UUID(int=number),
        "version_id": uuid.UUID(int=number),
        "title": "Manual",
        "heading_path": (f"Part {number}",),
        "page": None,
        "start": 100,
        "end": 100 + len(text),
        "text": text,
        "kind": "paragraph",
        "question": "",
        "language": "en",
        "dense": 1.0,
        "lexical": 1.0,
        "score": 1.0,
        "nearness": 1.0,
        "lead": 0.5,
        "words": 10.0,
        "coverage": 1.0,
    }
    return Passage(**{**values, **columns})


def assistant(key: str = "demo", **columns: object) -> Assistant:
    """Return an assistant, made when it is not there."""
    made, _ = Assistant.objects.get_or_create(
        key=key, defaults={"name": "Mia", "greeting": "Hello!", **columns}
    )
    return made


def token() -> str:
    """Return a customer's secret."""
    return secrets.token_urlsafe(32)


def asked(text: str = "How do I reset it?", secret: str = "", key: str = "demo") -> Asked:
    """Let a customer ask something."""
    return turns.ask(assistant(key), secret or token(), uuid.uuid4(), text)


def keep(work: Work, text: str) -> Standing:
    """Renew the lease of one answer and checkpoint its text."""
    (standing,) = answers.keep_all([(work, text)])
    return standing


def replied(work: Work, text: str = "Hold the button.", outcome: str = "answered") -> None:
    """End a claimed answer with a reply."""
    answers.finish(work, Reply(text, outcome, "quoting", ()), "en")


def staff(name: str = "ben", **columns: Any) -> User:
    """Return somebody of staff, made when they are not there."""
    values = {"first_name": name.title(), "is_staff": True, **columns}
    made, _ = User.objects.get_or_create(username=name, defaults=values)
    return made
