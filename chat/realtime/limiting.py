"""Limiting: what one socket may still do, before anything is read from the database for it.

What a socket does by itself is counted here in memory, what a customer, an address or an
assistant does over all sockets in Redis. A refusal says when the same will pass.
"""

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async

from chat.conversations.bans import Visitor, refuse_banned
from chat.conversations.turns import hashed
from chat.errors import Limited
from chat.limits import quotas, seats
from chat.limits.addresses import address_of_scope, is_unlimited, keyed_hash
from chat.limits.counting import Charge, acheck
from chat.limits.rates import Meter, Rate
from chat.models import Assistant, Conversation
from chat.realtime.protocol import (
    Ask,
    ClientFrame,
    Contact,
    Forget,
    GiveFeedback,
    Handoff,
    Hello,
    Identify,
    Seen,
    Stop,
    Typing,
)

log = logging.getLogger(__name__)
CONNECTS = Rate(300, 60)  # by address, before we know which assistant's limits count
REFUSALS = Rate(20, 60)  # refused frames of a socket, before it is closed
OF_SOCKET: Mapping[type[ClientFrame], Rate] = {
    GiveFeedback: Rate(30, 60),
    Seen: Rate(60, 60),
    Stop: Rate(30, 60),
    Typing: Rate(60, 60),
}
OF_CUSTOMER: Mapping[type[ClientFrame], Rate] = {
    Contact: Rate(10, 60),
    Forget: Rate(5, 60),
    Handoff: Rate(10, 60),
    Identify: Rate(10, 60),
}
ANSWERED = (Ask, Contact, GiveFeedback, Handoff, Identify, Typing)  # what banned visitors may not
FOUNDS = (Ask, Contact, Handoff)
SENTENCES = {
    quotas.QUESTIONS_PER_DAY: "That is all for today. You can ask again in {wait}.",
    quotas.ASSISTANT_QUESTIONS: "This assistant has answered enough for today. Please try again in {wait}.",
    quotas.SOCKETS: "This chat is open in too many windows. Close one, or try again in {wait}.",
}
SENTENCE = "That is too much at once. Please try again in {wait}."


class Gate:
    """What one socket may still do, and from which address it came."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self.address = address_of_scope(scope)
        self._refusals = Meter(REFUSALS)
        self._of_socket: dict[type[ClientFrame], Meter] = {}
        self._frames: Meter | None = Meter(Rate(quotas.DEFAULTS[quotas.FRAMES], quotas.MINUTE))
        self._assistant: Assistant | None = None
        self._customer = self._seat = ""
        self._renewed = 0.0

    async def admit(self) -> None:
        """Count a connection of an address; raise ``Limited`` when it has made too many."""
        await self._spend([] if is_unlimited(self.address) else [Charge("connects", self.address, CONNECTS)])

    async def greet(self, assistant: Assistant, hello: Hello, socket: str) -> None:
        """Begin to count by the limits of an assistant; raise ``Limited`` for one socket too many."""
        await self.leave()
        self._assistant, self._customer = assistant, hashed(hello.token)
        frames = quotas.rate_of(assistant.quotas, quotas.FRAMES)
        self._frames = Meter(frames) if frames else None
        await self._spend(self._by_address(quotas.ADDRESS_SOCKETS))
        await self._sit(socket)

    async def leave(self) -> None:
        """Give up the customer's seat."""
        if self._seat:
            await seats.give_up(self._customer, self._seat)
            self._seat = ""

    def is_deaf(self) -> bool:
        """Count a refused frame; say whether this client goes on whatever it is told."""
        return self._refusals.spend(time.monotonic()) > 0

    async def check(self, frame: ClientFrame, conversation: Conversation | None) -> None:
        """Count what a frame does, and look whether it may be done here.

        Raises:
            Limited: It came too often.
            BadQuestion: The visitor is banned, or a word of the question.
        """
        wait = self._frames.spend(time.monotonic()) if self._frames else 0
        if wait:
            raise _limited(quotas.FRAMES, wait)
        if self._assistant is None:
            return
        if rate := OF_SOCKET.get(type(frame)):
            meter = self._of_socket.setdefault(type(frame), Meter(rate))
            wait = meter.spend(time.monotonic())
            if wait:
                raise _limited(type(frame).__name__, wait)
        await self._spend(self._charges(frame, is_new=conversation is None))
        await self._keep_seat()
        if isinstance(frame, ANSWERED):
            visitor = Visitor(self._assistant, self.address, conversation.id if conversation else None)
            question = frame.text if isinstance(frame, Ask) else None
            await database_sync_to_async(refuse_banned)(visitor, question)

    def _charges(self, frame: ClientFrame, is_new: bool) -> list[Charge]:
        charges = []
        if rate := OF_CUSTOMER.get(type(frame)):
            charges.append(Charge(type(frame).__name__, self._customer, rate))
        if isinstance(frame, Ask):
            charges += self._by(quotas.QUESTIONS_PER_MINUTE, self._customer)
            charges += self._by(quotas.QUESTIONS_PER_DAY, self._customer)
            charges += self._by(quotas.ASSISTANT_QUESTIONS, "all")
            charges += self._by_address(quotas.ADDRESS_QUESTIONS)
        if is_new and isinstance(frame, FOUNDS):
            charges += self._by_address(quotas.ADDRESS_CONVERSATIONS)
        return charges

    def _by_address(self, rule: str) -> list[Charge]:
        return [] if is_unlimited(self.address) else self._by(rule, self.address)

    def _by(self, rule: str, subject: str) -> list[Charge]:
        """Return the charge of a rule of the assistant, which counts by itself; none without a limit."""
        assert self._assistant is not None  # noqa: S101 - nothing is charged before the hello
        rate = quotas.rate_of(self._assistant.quotas, rule)
        return [Charge(rule, f"{self._assistant.key}:{subject}", rate)] if rate else []

    async def _spend(self, charges: list[Charge]) -> None:
        refusal = await acheck(charges)
        if refusal is not None:
            code = keyed_hash(self.address) if self.address else "unknown"
            log.info("limited by %s: address %s", refusal.rule, code)
            raise _limited(refusal.rule, refusal.retry_after)

    async def _sit(self, socket: str) -> None:
        """Take a seat of the customer for this socket; raise ``Limited`` when all are taken."""
        assert self._assistant is not None  # noqa: S101 - nobody sits down before the hello
        most = quotas.limit_of(self._assistant.quotas, quotas.SOCKETS)
        if not most:
            return
        wait = await seats.take(self._customer, socket, most)
        if wait:
            raise _limited(quotas.SOCKETS, wait)
        self._seat, self._renewed = socket, time.monotonic()

    async def _keep_seat(self) -> None:
        """Be heard from time to time; whose seat was given away stays nevertheless."""
        if self._seat and time.monotonic() >= self._renewed + seats.RENEW_AFTER:
            with suppress(Limited):
                await self._sit(self._seat)


def _limited(rule: str, seconds: int) -> Limited:
    sentence = SENTENCES.get(rule, SENTENCE).format(wait=_in_words(seconds))
    return Limited("rate_limited", sentence, seconds)


def _in_words(seconds: int) -> str:
    """Return a wait as people say it, rounded up."""
    if seconds < 120:
        return f"{seconds} seconds" if seconds != 1 else "a second"
    if seconds < 2 * quotas.HOUR:
        return f"{-(-seconds // quotas.MINUTE)} minutes"
    return f"{-(-seconds // quotas.HOUR)} hours"
