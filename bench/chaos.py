"""Chaos: conversations at sockets that break, on processes and servers that are killed; is anything lost?

    nice -n 5 python -m bench.chaos [--conversations 200] [--rounds 2] [--quoting]

Customers that follow docs/widget.md talk through a TCP proxy that delays, resets, stalls, half-opens (each
customer's socket at its every 10th event) and repeats what they send, to two web processes, one of which
makes answers too, and an answers process. They ask, are answered by a scripted model or by quotes, ask for a
person, talk with staff, are given back. Meanwhile web and answers processes are killed -9 or ended with
SIGTERM, Redis is emptied and killed, PostgreSQL stopped at once. In the end every customer's transcript is
compared with PostgreSQL, whose events must have no gap; every acknowledged message must be stored once. The
exit code is 1 if anything is lost, double or different.
"""

import argparse
import asyncio
import logging
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

from bench import chaos_rig
from bench.chaos_customer import Customer
from bench.chaos_faults import Faults
from bench.chaos_proxy import CUTS, Proxy
from bench.chaos_truth import examine, heads, staff_at_work
from supportbot.embedded import programs

DOCUMENTS = [Path(__file__).parents[1] / "evals" / "demo" / "documents" / "public" / "faq.csv"]
QUESTIONS = (
    "How much is delivery?",
    "How long is the warranty?",
    "When will my parcel get here?",
    "Can I return an opened appliance?",
    "I missed the van, what now?",
)
GATHER_SECONDS = 60.0


async def converse(number: int, customer: Customer, rounds: int, talks: int) -> None:
    """Ask, be answered; ask for a person, talk; and all that again, ``rounds`` times."""
    for turn in range(rounds):
        for question in range(2):
            text = f"{QUESTIONS[(number + question + turn) % len(QUESTIONS)]} ({number}-{turn}-{question})"
            client_id = await customer.ask(text)
            await customer.until(partial(is_served, customer, client_id))
        before = len(customer.events)
        await until_event(customer, before, "handoff.requested", {"type": "handoff", "wanted": True})
        for talk in range(talks):
            await customer.send(type="typing", active=True)
            await customer.ask(f"Are you there? ({number}-{turn}-{talk})")
        await until_event(customer, before, "handoff.finished")
        await customer.send(type="seen", seq=customer.last_seq)


def is_served(customer: Customer, client_id: str) -> bool:
    """Say whether a question has its answer, or staff have the conversation."""
    events = customer.events
    mine = [
        event["data"]["message"]["id"]
        for event in events
        if event["event"] == "message.created" and event["data"]["message"]["client_id"] == client_id
    ]
    answers = [
        event["data"]["answer"]
        for event in events
        if event["event"] == "answer.started" and event["data"]["question"] in mine
    ]
    ended = {event["data"]["answer"] for event in events if event["event"] == "answer.finished"}
    return bool(answers) and set(answers) <= ended


async def until_event(
    customer: Customer, after: int, kind: str, frame: dict[str, object] | None = None
) -> None:
    """Wait for an event of a kind after a place; send a frame again and again meanwhile."""

    def came() -> bool:
        return any(event["event"] == kind for event in customer.events[after:])

    while not came():
        if frame:
            await customer.send(**frame)
        try:
            async with asyncio.timeout(3):
                await customer.until(came)
        except TimeoutError:
            continue


async def play(
    options: argparse.Namespace, faults: Faults, ports: list[int]
) -> tuple[list[Customer], Proxy, int]:
    """Let all customers converse while everything breaks; return them, the proxy and how many got stuck."""
    proxy = Proxy(ports)
    await proxy.start()
    url, origin = f"ws://127.0.0.1:{proxy.port}/ws/chat/", f"http://127.0.0.1:{proxy.port}"
    ways = iter(range(10**9))

    async def spoil(port: int) -> None:
        link = proxy.link_of(port)
        if link is not None:
            await link.spoil(CUTS[next(ways) % len(CUTS)])

    customers = [Customer(url, origin, 10, spoil) for _ in range(options.conversations)]
    sockets = [asyncio.create_task(customer.run()) for customer in customers]
    over = asyncio.Event()
    others = [asyncio.create_task(staff_at_work(options.talks, over)), asyncio.create_task(faults.run(over))]
    talks = [
        asyncio.create_task(converse(number, customer, options.rounds, options.talks))
        for number, customer in enumerate(customers)
    ]
    _, late = await asyncio.wait(talks, timeout=options.patience)
    over.set()
    await asyncio.gather(*others)
    for task in late:
        task.cancel()
    proxy.twice = 0.0
    await gather(customers)
    for customer in customers:
        customer.leave()
    await asyncio.gather(*sockets, return_exceptions=True)
    return customers, proxy, len(late)


async def gather(customers: list[Customer]) -> None:
    """Give every customer time to have read everything."""
    end = time.monotonic() + GATHER_SECONDS
    while time.monotonic() < end:
        known = await heads()
        if all(customer.last_seq >= known.get(customer.secret_hash, 0) for customer in customers):
            return
        await asyncio.sleep(1)


def report(customers: list[Customer], proxy: Proxy, faults: Faults, stuck: int) -> bool:
    """Print the counts; say whether all is well."""
    found = examine(customers)
    totals: Counter[str] = Counter()
    for customer in customers:
        totals.update(customer.counts)
    print("\nfaults       ", dict(faults.counts))
    print("proxy        ", dict(proxy.counts))
    print("customers    ", dict(sorted(totals.items())))
    print("stored       ", found.stored)
    wrong = {"conversations that got stuck": stuck, **found.wrong}
    wrong["previews that were wrong"] = totals["previews that were wrong"]
    for name, count in wrong.items():
        print(f"{name:44} {count}")
    return not any(wrong.values())


def main() -> int:
    """Play and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--conversations", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--talks", type=int, default=11)
    parser.add_argument("--pause", type=float, default=8.0, help="seconds between two faults, on average")
    parser.add_argument(
        "--patience", type=float, default=600.0, help="seconds, after which whoever is not done got stuck"
    )
    parser.add_argument("--quoting", action="store_true", help="no model: answers quote")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    first, second, model_port = chaos_rig.free_ports(3)
    began = time.monotonic()
    url = "" if options.quoting else f"http://127.0.0.1:{model_port}/v1"
    told = {"MODEL_URL": url, "MODEL_CONCURRENCY": "0", "MODEL_TOTAL_SECONDS": "30", "ANSWER_ATTEMPTS": "20"}
    chaos_rig.prepare(DOCUMENTS)
    plan = [
        chaos_rig.model(model_port, "60"),
        chaos_rig.named(programs.web(first), "web-1", told),
        chaos_rig.named(programs.web(second, makes_answers=True), "web-2", told),
        chaos_rig.named(programs.answers(), "answers-1", told),
    ]
    with chaos_rig.running(plan) as rig:
        rig.wait_until_ready(["model", "web-1", "web-2"])
        faults = Faults(rig, options.pause)
        customers, proxy, stuck = asyncio.run(play(options, faults, [first, second]))
        is_well = report(customers, proxy, faults, stuck)
    print(f"{time.monotonic() - began:.0f} s in all")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
