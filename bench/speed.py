"""Speed: what the product adds to the embedding of a question and a bare statement, all in one run.

    python -m bench.speed FOLDER [--sets plausible_headings,emanual_s10] [--questions 60] [--rounds 3]
                          [--parts search,engine,memory,web]

FOLDER holds retrieval sets; those that are not in the database are taken in. Other programs share the
processor, so the ways to ask one question follow each other at once, in a drawn order, and their
medians and 95th percentiles are compared: *search* beside the embedding and the bare pgvector statement (the
nearest neighbours with the same joins and filters, and no words), and beside our own statement alone;
*engine*: until what was found and until the first words, without a model. The vector of a question is
forgotten before each. *memory*: an answer that is remembered, over 1,000 documents. *web*: the
proportional memory (PSS) of a web process that has served pages. Uses the data folder of the environment.
"""

import argparse
import asyncio
import random
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.ready import ready

services = ready()

from django.conf import settings  # noqa: E402 - needs the set-up above
from django.db import connection  # noqa: E402 - needs the set-up above

from bench import remembering, scale  # noqa: E402 - needs the set-up above
from bench.shelves import PASSAGES, opened  # noqa: E402 - needs the set-up above
from chat.answering.engine import AnswerEngine  # noqa: E402 - needs the set-up above
from chat.answering.events import Found, Text  # noqa: E402 - needs the set-up above
from chat.models import Assistant  # noqa: E402 - needs the set-up above
from chat.realtime.engines import engine_in  # noqa: E402 - needs the set-up above
from knowledge.embedding import asking, get_embedder  # noqa: E402 - needs the set-up above
from knowledge.embedding.sets import ensure_active_set  # noqa: E402 - needs the set-up above
from knowledge.retrieval import Scope, search  # noqa: E402 - needs the set-up above
from knowledge.retrieval.planning import Plan, plan, walk  # noqa: E402 - needs the set-up above
from knowledge.retrieval.shelves import shelves_seen  # noqa: E402 - needs the set-up above
from supportbot.embedded.programs import listens, web  # noqa: E402 - needs the set-up above

OURS = "chosen AS ("  # what only the statement of the candidates holds
PAGES = ("/", "/healthz", "/staff/", "/api/v1/openapi.json")
SERVED = 60  # requests before the memory is read
Took = defaultdict[str, list[float]]


@contextmanager
def statements() -> Iterator[dict[str, float]]:
    """Give the milliseconds that statements take meanwhile: all of them, and the one of the candidates."""
    spent = {"all": 0.0, "ours": 0.0, "count": 0.0}

    def timed(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        began = time.perf_counter()
        result = execute(sql, *rest)
        took = (time.perf_counter() - began) * 1000
        spent["all"] += took
        spent["count"] += 1
        spent["ours"] += took if OURS in sql else 0.0
        return result

    with connection.execute_wrapper(timed):
        yield spent


def searched(questions: Sequence[str], scope: Scope, rounds: int) -> Took:
    """Ask each question each way, in a drawn order; milliseconds."""
    embedder, embedding_set = get_embedder(), ensure_active_set()
    seen = shelves_seen(scope.collections)
    is_walked = plan(seen.chunks, seen.everywhere) is Plan.INDEX
    way = walk(seen.chunks, seen.everywhere) if is_walked else None
    took: Took = defaultdict(list)

    def embed(text: str) -> None:
        embedder.embed_query(text)

    def bare(text: str) -> None:
        vector = asking.question_vector(embedding_set, text)
        began = time.perf_counter()
        scale.bare(embedding_set, vector, seen.collections, way)
        took["bare"].append((time.perf_counter() - began) * 1000)

    def ours(text: str) -> None:
        asking._vector.cache_clear()
        with statements() as spent:
            began = time.perf_counter()
            search(text, scope, PASSAGES)
            took["search"].append((time.perf_counter() - began) * 1000)
        for name, value in spent.items():
            took[f"statements: {name}"].append(value)

    draw = random.Random(7)  # noqa: S311 - for an order that is the same every time
    for text in [*questions[:5], *list(questions) * rounds]:
        ways = [embed, bare, ours]
        draw.shuffle(ways)
        for one in ways:
            began = time.perf_counter()
            one(text)
            if one is embed:
                took["embedding"].append((time.perf_counter() - began) * 1000)
    return defaultdict(list, {name: values[5:] for name, values in took.items()})


async def answered(questions: Sequence[str], engine: AnswerEngine, rounds: int) -> Took:
    """Answer each question by quoting, and embed it alone just before or after; milliseconds."""
    embedder = get_embedder()
    took: Took = defaultdict(list)
    draw = random.Random(7)  # noqa: S311 - for an order that is the same every time
    for text in [*questions[:5], *list(questions) * rounds]:
        is_first = draw.random() < 0.5
        for embeds in (is_first, not is_first):
            asking._vector.cache_clear()
            began = time.perf_counter()
            if embeds:
                embedder.embed_query(text)
                took["embedding"].append((time.perf_counter() - began) * 1000)
                continue
            at: dict[type, float] = {}
            async for event in engine.answer(text):
                at.setdefault(type(event), (time.perf_counter() - began) * 1000)
            took["first event"].append(at[Found])
            took["first words"].append(at[Text])
    found: Took = defaultdict(list, {name: values[5:] for name, values in took.items()})
    for name in ("first event", "first words"):
        pairs = zip(found[name], found["embedding"], strict=True)
        found[f"{name} less embedding"] = [whole - embedding for whole, embedding in pairs]
    return found


def say(name: str, took: Took) -> None:
    """Print medians and 95th percentiles."""
    for what, values in took.items():
        print(f"{name:20} {what:28} p50 {median(values):7.1f}  p95 {high(values):7.1f}", flush=True)


def high(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[int(len(values) * 0.95)]


def compare(name: str, took: Took) -> None:
    """Print search to the embedding with a bare statement, as a ratio."""
    for what in ("bare", "statements: ours"):
        least = [a + b for a, b in zip(took["embedding"], took[what], strict=True)]
        ratios = (median(took["search"]) / median(least), high(took["search"]) / high(least))
        print(
            f"{name:20} search : embedding + {what:17} p50 {ratios[0]:.2f}  p95 {ratios[1]:.2f}", flush=True
        )


def served() -> None:
    """Print the memory of a web process after some pages; without an assistant "/" would show a notice."""
    Assistant.objects.get_or_create(key=settings.DEFAULT_ASSISTANT, defaults={"name": "Mia"})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(web(port).command)
    try:
        while not listens(port):
            time.sleep(0.2)
        for number in range(SERVED):
            try:
                url = f"http://127.0.0.1:{port}{PAGES[number % len(PAGES)]}"
                urllib.request.urlopen(url, timeout=10).read()
            except urllib.error.HTTPError as error:  # that a page wants a sign-in costs memory as well
                error.close()
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines if line.endswith("kB")}
        print(f"web process after {SERVED} requests: PSS {sizes['Pss']} MB, RSS {sizes['Rss']} MB")
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Measure the parts that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", default="plausible_headings,emanual_s10")
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--parts", default="search,engine,memory,web")
    options = parser.parse_args()
    parts = options.parts.split(",")
    for name in options.sets.split(",") if {"search", "engine"} & set(parts) else ():
        wanted, scope = opened(options.folder / name)
        texts = [one.text for one in wanted.queries]
        texts = texts[:: max(len(texts) // options.questions, 1)][: options.questions]
        if "search" in parts:
            took = searched(texts, scope, options.rounds)
            say(name, took)
            compare(name, took)
        if "engine" in parts:
            say(name, asyncio.run(answered(texts, engine_in(scope), options.rounds)))
    if "memory" in parts:
        asyncio.run(remembering.speed(remembering.filled(1000), 200))
    if "web" in parts:
        served()


if __name__ == "__main__":
    main()
