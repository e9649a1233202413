"""Remembering: how fast a remembered answer is, and how often another question's would be given.

    python -m bench.remembering FOLDER [--documents 1000] [--times 200] [--questions 1200]

FOLDER holds banking77. The first table walks its test questions in random order as customers
would ask them, remembers each, and counts how often an earlier one passes for the same: rightly
when both have one intent. Intents are wide ("card not working"), so that "right" here is too
kind, and a wrong one is surely wrong. The second times the product's own memory on PostgreSQL
over a scratch collection, made anew. Uses the data folder of the environment.
"""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from bench.ready import ready

services = ready()

import numpy as np  # noqa: E402 - needs the set-up above

from chat.answering.engine import AnswerEngine  # noqa: E402 - needs the set-up above
from chat.answering.remembering import RememberingAnswerer  # noqa: E402 - needs the set-up above
from chat.conversations.remembered import StoredMemory  # noqa: E402 - needs the set-up above
from chat.models import RememberedAnswer  # noqa: E402 - needs the set-up above
from chat.realtime.engines import matcher, searcher  # noqa: E402 - needs the set-up above
from knowledge.curated import alike  # noqa: E402 - needs the set-up above
from knowledge.curated.agreeing import agree, overlap  # noqa: E402 - needs the set-up above
from knowledge.embedding import get_embedder  # noqa: E402 - needs the set-up above
from knowledge.ingestion.accept import accept_file  # noqa: E402 - needs the set-up above
from knowledge.ingestion.ingest import ingest  # noqa: E402 - needs the set-up above
from knowledge.models import Collection, Document  # noqa: E402 - needs the set-up above
from knowledge.retrieval import Scope  # noqa: E402 - needs the set-up above
from knowledge.retrieval.liveness import knowledge_state  # noqa: E402 - needs the set-up above

SLUG = "bench-remembering"
THRESHOLDS = (0.92, 0.93, 0.94, 0.95, 0.955, 0.96, 0.97)
OVERLAPS = (0.0, 0.34, 0.5, 0.67)
SAID = "Hold the power button for ten seconds [1]."


class Repeater:
    """A model that always says the same, at once."""

    async def stream(self, _messages: Sequence[tuple[str, str]]) -> AsyncIterator[str]:
        """Say it."""
        yield SAID


def alikeness(folder: Path, count: int) -> None:
    """Print how often an earlier question passes for the same, by threshold."""
    path = next(folder.glob("banking77/*test*.jsonl"))
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    random.Random(7).shuffle(rows)  # noqa: S311 - for an order that is the same every time
    rows = rows[:count]
    embedder = get_embedder()
    vectors = np.stack([embedder.embed_query(row["text"]) for row in rows])
    cosines = vectors @ vectors.T
    print("cosine overlap passed right precision")
    for threshold in THRESHOLDS:
        for shared in OVERLAPS:

            def passes(
                one: str, other: str, cosine: float, least: float = threshold, share: float = shared
            ) -> bool:
                return cosine >= least and agree(one, other) and overlap(one, other, "en") >= share

            print(f"{threshold:6.3f} {shared:7.2f} {_told(rows, cosines, passes)}")
    print(f"the product's own {'':>14}{_told(rows, cosines, alike.asks_the_same)}")


def _told(rows: Sequence[dict[str, str]], cosines: Any, passes: Callable[[str, str, float], bool]) -> str:
    """Return how many questions pass for one of the three nearest before them, and how many rightly."""
    passed = right = 0
    for later in range(1, len(rows)):
        for earlier in map(int, np.argsort(-cosines[later, :later])[:3]):
            one, other = rows[later], rows[earlier]
            if passes(one["text"], other["text"], float(cosines[later, earlier])):
                passed += 1
                right += one["intent"] == other["intent"]
                break
    return f"{passed:6d} {right:5d} {right / passed if passed else 1.0:9.3f}"


def filled(documents: int) -> Scope:
    """Return the scope of a scratch collection with a manual, and rows of documents beside it."""
    RememberedAnswer.objects.all().delete()
    Document.objects.filter(collection__slug=SLUG).delete()
    Collection.objects.filter(slug=SLUG).delete()
    shelf = Collection.objects.create(slug=SLUG, name=SLUG, is_scratch=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "manual.md")
        path.write_text("# Reset\n\nTo reset the machine, hold the power button for ten seconds.")
        taken = accept_file(path, "manual.md", shelf)
    ingest(taken.version.id)
    live = Document.objects.get(id=taken.document.id)
    Document.objects.bulk_create(
        Document(
            collection=shelf,
            title=f"Other {n}",
            file_name=f"{n}.md",
            audience="public",
            live_version=live.live_version,
        )
        for n in range(documents)
    )
    return Scope(collections=(SLUG,))


def timed(work: Callable[[int], Awaitable[object]], times: int) -> Callable[[], Awaitable[list[float]]]:
    """Return what does a work so many times and gives the milliseconds of each."""

    async def run() -> list[float]:
        took = []
        for number in range(times):
            began = time.perf_counter()
            await work(number)
            took.append((time.perf_counter() - began) * 1000)
        return took

    return run


def say(name: str, took: Sequence[float]) -> None:
    """Print the median and the 95th percentile of some milliseconds."""
    ordered = sorted(took)
    p95 = ordered[int(len(ordered) * 0.95)]
    print(f"{name:34} median {statistics.median(ordered):7.2f} ms   p95 {p95:7.2f} ms")


async def speed(scope: Scope, times: int) -> None:
    """Print how long the memory takes."""
    memory = StoredMemory(scope, ("bench",))
    engine = AnswerEngine(searcher(scope), Repeater(), matcher(scope))
    answerer = RememberingAnswerer(engine, memory)

    async def ask(question: str) -> None:
        async for _ in answerer.answer(question):
            pass

    question = "How do I reset the machine?"
    await ask(question)
    say("exact", await timed(lambda _n: ask(question), times)())
    # The embedder keeps the last questions, so each must be new to it.
    fillers = ["please ", "so ", "well, ", "hello, ", "ok, ", "hi, ", "now, ", "sorry, "]
    new = [f"{a}{b}{question.lower()}{'!' * (n % 3)}" for n in range(3) for a in fillers for b in fillers]
    random.Random(7).shuffle(new)  # noqa: S311 - for an order that is the same every time
    before = RememberedAnswer.objects.acount
    count = await before()
    took = await timed(lambda n: ask(new[n]), min(len(new), times))()
    print(f"  {await before() - count} of {len(took)} in other words did not pass")
    say("in other words, embedding included", took)
    vectorless = [f"What does part {n} cost?" for n in range(times)]
    say(
        "nothing remembered, to find that", await timed(lambda n: memory.recall(vectorless[n], "en"), times)()
    )
    say(
        "the same, embedded already",
        await timed(lambda n: memory.recall(vectorless[times - 40 + n % 30], "en"), times)(),
    )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--questions", type=int, default=1200)
    options = parser.parse_args()
    if options.questions:
        alikeness(options.folder, options.questions)
        print(f"used: cosine {alike.ALIKE_FROM}, overlap {alike.OVERLAP_FROM}")
    scope = filled(options.documents)
    asyncio.run(speed(scope, options.times))
    took = []
    for _ in range(50):
        began = time.perf_counter()
        knowledge_state(scope)
        took.append((time.perf_counter() - began) * 1000)
    say(f"state of {options.documents} documents", took)


if __name__ == "__main__":
    main()
