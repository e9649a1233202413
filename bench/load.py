"""Load: idle sockets, streamed answers, questions and reconnects, with the servers on one core.

    python -m bench.load [--only idle|streams|questions|restart] [--sockets 1000] [--server-core 0]

The product's processes (web, answers, PostgreSQL, Valkey) run on one core, the customers and the scripted
model on another. Printed are KB for each idle socket beside those of a bare Channels echo consumer under the
same server; for concurrent streamed answers the milliseconds from the model's word to the customer's screen
and what was lost; questions a second that quotes answer, in both layouts; and the seconds until every
customer is back after a restart.
"""

import argparse
import asyncio
import gc
import os
import random
import re
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench import chaos_rig
from bench.chaos_model import Model
from bench.load_customers import Caller, found, opened, tokens
from supportbot.embedded import programs
from supportbot.embedded.supervisor import Program

DOCUMENTS = [Path(__file__).parents[1] / "evals" / "demo" / "documents" / "public" / "faq.csv"]
QUESTIONS = (
    "How much is delivery?",
    "How long is the warranty?",
    "When will my parcel get here?",
    "Can I return an opened appliance?",
)
# Each question costs its embedding, tens of milliseconds of a core, so that they come one after the other
# and the answers are long enough for all to be under way at once for a while.
STREAMS, TOKENS_A_SECOND, WORDS, BETWEEN_SECONDS = 100, 40.0, 1200, 0.2
ASKERS, ASK_SECONDS = 40, 40.0


class TimedModel(Model):
    """Notes when it began each reply."""

    def __init__(self) -> None:
        super().__init__(1 / TOKENS_A_SECOND, WORDS)
        self.began: dict[str, float] = {}

    def note(self, prompt: str) -> None:
        """Note the beginning of the reply to a prompt."""
        asked = re.search(r"\nQuestion: (.*)", prompt)
        if asked:
            self.began[asked[1].strip()] = time.perf_counter()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def memory(pid: int) -> int:
    """Return the KB that a process and its children have for themselves or share in part (PSS)."""
    process = psutil.Process(pid)
    everyone = [process, *process.children(recursive=True)]
    return sum(int(one.memory_full_info().pss) for one in everyone) // 1024


def echo(port: int) -> Program:
    """The bare consumer, under the options of our web process."""
    command = list(programs.web(port).command)
    command[command.index("supportbot.asgi:application")] = "bench.load_echo:application"
    return Program("web", command, is_ready=lambda: programs.listens(port))


async def kb_each(rig: chaos_rig.Rig, port: int, count: int, hello: bool) -> float:
    """Return the KB of each of many idle sockets."""
    secrets = tokens(count + 100)
    if hello:
        await asyncio.to_thread(found, secrets)
    first = [Caller(port, token) for token in secrets[:100]]
    await opened(first, hello)  # what is made once is there before it is measured
    pid = rig.pid("web")
    assert pid is not None
    await asyncio.sleep(2)
    before = memory(pid)
    callers = [Caller(port, token) for token in secrets[100:]]
    began = time.perf_counter()
    await opened(callers, hello)
    rate = count / (time.perf_counter() - began)
    await asyncio.sleep(8)  # past one look for all of them
    each = (memory(pid) - before) / count
    cpu = psutil.Process(pid).cpu_percent(5.0)
    print(
        f"  {count} sockets, {rate:.0f} connects/s, {each:.1f} KB each, {cpu:.1f} % CPU when idle", flush=True
    )
    for caller in first + callers:
        await caller.close()
    return each


def idle(options: argparse.Namespace) -> None:
    """Measure idle sockets beside those of a bare consumer."""
    (port,) = chaos_rig.free_ports(1)
    plans = {"echo": (echo(port), False), "ours": (programs.web(port), True)}
    each = {}
    for name, (program, hello) in plans.items():
        print(name, flush=True)
        with chaos_rig.running([chaos_rig.named(program, "web", {}, options.server_core)]) as rig:
            rig.wait_until_ready(["web"])
            each[name] = asyncio.run(kb_each(rig, port, options.sockets, hello))
    print(f"idle sockets: {each['ours'] / each['echo']:.2f} x a bare echo consumer (aim 1.5)", flush=True)


@dataclass
class Streamed:
    """One answer as its customer saw it: when each delta came and how late, who answered, or "lost"."""

    deltas: list[tuple[float, float]] = field(default_factory=list)
    answerer: str = ""

    def within(self, begin: float, end: float) -> list[float]:
        """Return how many milliseconds late the deltas of some time came."""
        return [1000 * late for at, late in self.deltas if begin <= at <= end]


async def stream(port: int, model: TimedModel, number: int) -> Streamed:
    """Ask, follow the answer, and note how late each delta came."""
    await asyncio.sleep(BETWEEN_SECONDS * number)
    caller = Caller(port, tokens(1)[0])
    await caller.open()
    question = QUESTIONS[number % len(QUESTIONS)] + "?" * number  # each its own, and the same words
    await caller.ask(question)
    streamed, text = Streamed(), ""
    while True:
        frame = await caller.receive()
        now = time.perf_counter()
        if frame["type"] == "delta":
            text = text[: frame["offset"]] + frame["text"]
            said = len(text.split())  # marks are words of the model as well
            if question in model.began:  # not where the answer quotes, which is counted below
                streamed.deltas.append((now, now - model.began[question] - (said - 1) / TOKENS_A_SECOND))
        if frame.get("event") == "answer.finished":
            await caller.close()
            message = frame["data"]["message"]
            streamed.answerer = str(message["answerer"]) if message["text"] == text else "lost"
            return streamed


async def streams_at(port: int, model_port: int) -> None:
    """Stream many answers at once."""
    model = TimedModel()
    server = await asyncio.start_server(model.serve, "127.0.0.1", model_port, backlog=1000)
    assert (await stream(port, model, 0)).answerer == "model"  # warms up
    began = time.perf_counter()
    async with asyncio.timeout(300):
        all_of_them = await asyncio.gather(*(stream(port, model, n) for n in range(1, STREAMS + 1)))
    seconds = time.perf_counter() - began
    server.close()
    whole = Counter(one.answerer for one in all_of_them)
    print(
        f"{STREAMS} answers of {WORDS}+ words at {TOKENS_A_SECOND:.0f} tokens/s, one begun every "
        f"{BETWEEN_SECONDS} s, in {seconds:.1f} s: texts lost {whole['lost']}, answered by {dict(whole)}"
    )
    under_way = (
        max(one.deltas[0][0] for one in all_of_them if one.deltas),
        min(one.deltas[-1][0] for one in all_of_them if one.deltas),
    )
    for name, span in (("in all", (began, began + seconds)), ("while all were under way", under_way)):
        late = [one for streamed in all_of_them for one in streamed.within(*span)]
        shares = ", ".join(f"p{share} {percentile(late, share / 100):.0f} ms" for share in (50, 95, 99))
        print(
            f"  deltas {name} ({span[1] - span[0]:.1f} s): {len(late)}, late {shares} (aim p95 150)",
            flush=True,
        )


def streams(options: argparse.Namespace) -> None:
    """Measure streamed answers."""
    port, model_port = chaos_rig.free_ports(2)
    told = {
        "MODEL_URL": f"http://127.0.0.1:{model_port}/v1", "MODEL_CONCURRENCY": "0", "ANSWERS_AT_ONCE": "100",
        "MODEL_TOTAL_SECONDS": "60", "MODEL_FIRST_TOKEN_SECONDS": "60", "MODEL_STALL_SECONDS": "30",
        "MODEL_MAX_TOKENS": "4000", "ANSWER_LEASE_SECONDS": "30",
    }  # fmt: skip
    plan = [programs.web(port), programs.answers()]
    with chaos_rig.running(
        [chaos_rig.named(one, one.name, told, options.server_core) for one in plan]
    ) as rig:
        rig.wait_until_ready(["web"])
        asyncio.run(streams_at(port, model_port))


async def ask_on(port: int, end: float, acks: list[float], whole: list[float]) -> None:
    """Ask one question after the other."""
    caller = Caller(port, tokens(1)[0])
    await caller.open()
    while time.perf_counter() < end:
        began = time.perf_counter()
        acks.append(await caller.ask(random.choice(QUESTIONS)))  # noqa: S311 - no secret
        await caller.until("answer.finished")
        whole.append(time.perf_counter() - began)
    await caller.close()


async def questions_at(port: int) -> None:
    """Ask as fast as answers come."""
    warm = Caller(port, tokens(1)[0])
    await warm.open()
    await warm.ask(QUESTIONS[0])
    await warm.until("answer.finished")
    acks: list[float] = []
    whole: list[float] = []
    end = time.perf_counter() + ASK_SECONDS
    await asyncio.gather(*(ask_on(port, end, acks, whole) for _ in range(ASKERS)))
    print(
        f"{len(whole) / ASK_SECONDS:.1f} questions/s answered by quoting, {ASKERS} customers for "
        f"{ASK_SECONDS:.0f} s; acknowledged p50 {1000 * statistics.median(acks):.0f} ms, "
        f"p95 {1000 * percentile(acks, 0.95):.0f} ms; answered p50 {statistics.median(whole):.2f} s, "
        f"p95 {percentile(whole, 0.95):.2f} s",
        flush=True,
    )


def questions(options: argparse.Namespace) -> None:
    """Measure quoting in both layouts: a runner of its own, and one inside the web process."""
    for apart in (True, False):
        (port,) = chaos_rig.free_ports(1)
        plan = [programs.web(port, makes_answers=not apart), *([programs.answers()] if apart else [])]
        pinned = [chaos_rig.named(one, one.name, {}, options.server_core) for one in plan]
        with chaos_rig.running(pinned) as rig:
            rig.wait_until_ready(["web"])
            print("answers processes:" if apart else "answers in web:", flush=True)
            asyncio.run(questions_at(port))
            kb = sum(memory(pid) for one in plan if (pid := rig.pid(one.name)))
            print(f"  PSS {kb / 1024:.0f} MB in all", flush=True)


async def restart_at(rig: chaos_rig.Rig, port: int, count: int) -> None:
    """End the web process under its sockets; wait until all are back."""
    secrets = tokens(count)
    await asyncio.to_thread(found, secrets)
    callers = [Caller(port, token) for token in secrets]
    await opened(callers)
    coming = [asyncio.create_task(caller.come_back()) for caller in callers]
    await asyncio.sleep(1)
    gc.collect()
    began = time.perf_counter()
    rig.kill("web", signal.SIGTERM)
    times: list[float] = []
    for task in coming:
        task.add_done_callback(lambda _: times.append(time.perf_counter() - began))
    await asyncio.wait(coming, timeout=120)
    print(
        f"{len(times)} of {count} sockets back after a restart: p50 {percentile(times, 0.5):.1f} s, "
        f"p95 {percentile(times, 0.95):.1f} s, the last after {max(times):.1f} s (aim 15)",
        flush=True,
    )


def restart(options: argparse.Namespace) -> None:
    """Measure reconnects after a restart."""
    (port,) = chaos_rig.free_ports(1)
    with chaos_rig.running([chaos_rig.named(programs.web(port), "web", {}, options.server_core)]) as rig:
        rig.wait_until_ready(["web"])
        asyncio.run(restart_at(rig, port, options.sockets))


PARTS = {"idle": idle, "streams": streams, "questions": questions, "restart": restart}


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=PARTS, default="")
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--server-core", default="0")
    parser.add_argument("--client-core", default="1")
    options = parser.parse_args()
    os.sched_setaffinity(0, {int(options.client_core)})
    chaos_rig.prepare(DOCUMENTS)
    chaos_rig.pin_servers(options.server_core)
    for name, part in PARTS.items():
        if options.only in ("", name):
            load = os.getloadavg()[0]
            print(f"--- {name} (load average before: {load:.1f})", flush=True)
            part(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
