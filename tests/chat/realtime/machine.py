"""A machine that plays one conversation in any order, against the real consumer, runner and PostgreSQL.

Its model is a plain list: what was said, in order. Whatever is dropped, repeated or killed on the way, the
customer has in the end seen every event once and in order, and every message of the list is told of once.
"""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chat.answering.events import AnswerEvent, Finished, Found, Text, Turn
from chat.conversations import handoffs, staffing
from chat.conversations.transcript import events_after
from chat.models import Answer, AnswerState, Conversation, Event, PendingReply
from chat.realtime.broadcast import announce_events
from chat.realtime.runner import AnswerRunner
from tests.chat.realtime.customers import Customer, Frame, becomes, of_type
from tests.factories import staff, token

T = TypeVar("T")
STEPS = 20
LONG_AGO = "2020-01-01T00:00:00Z"
HEARD = ("customer", "staff")


class Talker:
    """Answers in three pieces, with time in between to be killed."""

    async def answer(
        self, question: str, history: Sequence[Turn] = (), language: str = ""
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Yield an answer."""
        yield Found(())
        for piece in ("One. ", "Two. ", "Three."):
            await asyncio.sleep(0.005)
            yield Text(piece)
        yield Finished("answered", "quoting")


class ConversationMachine(RuleBasedStateMachine):
    """One customer, staff, a runner, and everything that may happen to them."""

    @initialize()
    def begin(self) -> None:
        """Open a socket and start a runner; nothing was said yet."""
        self.loop = asyncio.Runner()
        self.secret = token()
        self.said: list[str] = []
        self.seen: list[tuple[int, str, Any]] = []
        self.last_ask: tuple[str, str] | None = None
        self.customer: Customer | None = None
        self._start_runner()
        self.come_back()

    @precondition(lambda self: self.customer is not None)
    @rule()
    def send(self) -> None:
        """Ask something new."""
        text, client_id = f"Question {uuid.uuid4().hex[:8]}", str(uuid.uuid4())
        if self._ask(text, client_id):
            self.said.append(text)
            self.last_ask = (text, client_id)

    @precondition(lambda self: self.customer is not None and self.last_ask is not None)
    @rule()
    def duplicate(self) -> None:
        """Ask the last question again, with its client id."""
        assert self.last_ask is not None
        text, client_id = self.last_ask
        self.do(self._customer().ask(text, client_id))
        self._read()

    @precondition(lambda self: self.customer is not None)
    @rule()
    def drop(self) -> None:
        """Lose the socket with whatever was under way."""
        self.do(self._customer().leave())
        self.customer = None

    @precondition(lambda self: self.customer is None)
    @rule()
    def come_back(self) -> None:
        """Open a socket that goes on after the last event seen."""
        self.customer = Customer(self.secret)
        self.do(self.customer.enter(last_seq=len(self.seen)))
        self._read()

    @precondition(lambda self: self.customer is not None)
    @rule()
    def resume(self) -> None:
        """Ask for what came after an event that was seen."""
        self.do(self._customer().send(type="resume", last_seq=len(self.seen)))
        self._read()

    @rule()
    def kill_runner(self) -> None:
        """Kill the runner; its answers' leases end, another one starts."""
        self._end_runner()
        Answer.objects.filter(state=AnswerState.RUNNING).update(lease_until=LONG_AGO)
        self._start_runner()

    @precondition(lambda self: bool(self.said))
    @rule()
    def staff_reply(self) -> None:
        """Let staff say something, and publish it at once."""
        conversation, ben = self._conversation(), staff()
        text = f"Reply {uuid.uuid4().hex[:8]}"
        _, events = staffing.send_reply(conversation.id, ben, text, conversation.head_seq)
        self.do(announce_events(conversation.id, events))
        PendingReply.objects.update(due_at=LONG_AGO)
        for published in staffing.publish_due():
            self.do(announce_events(published.conversation_id, published.events))
        self.said.append(text)

    @precondition(lambda self: self.customer is not None and bool(self.said))
    @rule(wanted=st.booleans())
    def handoff(self, wanted: bool) -> None:
        """Ask for a person, or for the assistant again."""
        self.do(self._customer().send(type="handoff", wanted=wanted))
        self._read()

    @precondition(lambda self: bool(self.said))
    @rule(close=st.booleans())
    def release(self, close: bool) -> None:
        """Let staff give the conversation back, or close it; the announcement gets lost."""
        (handoffs.close if close else handoffs.release)(self._conversation().id)

    @invariant()
    def nothing_was_seen_twice_or_out_of_order(self) -> None:
        """Check the numbers of what the customer has seen."""
        assert [seq for seq, _, _ in self.seen] == list(range(1, len(self.seen) + 1))

    def teardown(self) -> None:
        """Let everything come to its end, and compare."""
        if not hasattr(self, "loop"):
            return
        try:
            self._settle()
        finally:
            if self.customer is not None:
                self.do(self.customer.leave())
            self._end_runner()
            self.loop.close()

    def _settle(self) -> None:
        if self.customer is None:
            self.come_back()
        mine = Answer.objects.filter(conversation__in=Conversation.objects.all())
        self.do(becomes(lambda: not mine.exclude(state=AnswerState.FINISHED).exists()))
        self._read()
        conversation = Conversation.objects.filter(events__isnull=False).order_by("-created_at").first()
        truth = events_after(conversation.id, 0) if conversation and self.said else []
        assert self.seen == [(event.seq, event.kind, event.data) for event in truth]
        assert [self._text(event) for event in truth if self._text(event)] == self.said

    @staticmethod
    def _text(event: Event) -> str:
        message = event.data.get("message") if event.kind == "message.created" else None
        return str(message["text"]) if isinstance(message, dict) and message["role"] in HEARD else ""

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the machine's event loop."""
        return self.loop.run(work)

    def _customer(self) -> Customer:
        assert self.customer is not None
        return self.customer

    def _conversation(self) -> Conversation:
        return Conversation.objects.latest("created_at")

    def _ask(self, text: str, client_id: str) -> bool:
        """Ask; say whether it was stored rather than refused."""
        customer = self._customer()
        self.do(customer.ask(text, client_id))
        frame = self.do(customer.until(partial(is_about, client_id)))
        self._read()
        return bool(frame["type"] == "event")

    def _read(self) -> None:
        """Read up to a pong, until everything that is stored was seen."""
        customer = self._customer()
        while True:
            self.do(customer.send(type="ping"))
            pong = self.do(customer.until(of_type("pong")))
            events = [frame for frame in customer.frames if frame["type"] == "event"]
            customer.frames.clear()
            for frame in events:
                if frame["seq"] > len(self.seen):
                    self.seen.append((frame["seq"], frame["event"], frame["data"]))
            if pong["head_seq"] <= len(self.seen):
                return
            self.do(customer.send(type="resume", last_seq=len(self.seen)))

    def _start_runner(self) -> None:
        async def start() -> None:
            self.runner = AnswerRunner(lambda _work: Talker(), slots=4)
            self.running = asyncio.create_task(self.runner.run())

        self.do(start())

    def _end_runner(self) -> None:
        async def end() -> None:
            self.running.cancel()
            with suppress(asyncio.CancelledError):
                await self.running

        self.do(end())


def is_about(client_id: str, frame: Frame) -> bool:
    """Want the event of a message, or the error that refuses it."""
    if frame["type"] == "error":
        return bool(frame["client_id"] == client_id)
    message = frame["data"].get("message") if frame["type"] == "event" else None
    return isinstance(message, dict) and message["client_id"] == client_id


def play(runs: int) -> None:
    """Play so many conversations."""
    run_state_machine_as_test(
        ConversationMachine, settings=settings(max_examples=runs, stateful_step_count=STEPS, deadline=None)
    )
