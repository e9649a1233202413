"""The truth: staff who talk with customers through the use cases, and what PostgreSQL says in the end."""

import asyncio
import uuid
from collections import Counter
from dataclasses import dataclass, field

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.db import Error, transaction

from bench.chaos_customer import Customer
from chat.conversations import handoffs, staffing
from chat.conversations.transcript import lock
from chat.errors import ChatError
from chat.models import Answer, AnswerState, Care, Conversation, Event, Message, PendingReply, Role
from chat.realtime.broadcast import announce_events

LOOK_SECONDS = 0.5


async def staff_at_work(talks: int, over: asyncio.Event) -> None:
    """Reply to every customer who waits for a person; give the conversation back after the last reply."""
    while not over.is_set():
        try:
            await database_sync_to_async(_ben)()
            for conversation_id in await database_sync_to_async(_waiting)():
                for events in await database_sync_to_async(_serve)(conversation_id, talks):
                    await announce_events(conversation_id, events)
        except (Error, ChatError):
            pass  # a server is away: look again
        try:
            await asyncio.wait_for(over.wait(), LOOK_SECONDS)
        except TimeoutError:
            continue


def _ben() -> User:
    ben, _ = User.objects.get_or_create(username="ben", defaults={"first_name": "Ben", "is_staff": True})
    return ben


def _waiting() -> list[uuid.UUID]:
    return list(Conversation.objects.filter(care=Care.OPEN).values_list("id", flat=True))


def _serve(conversation_id: uuid.UUID, talks: int) -> list[list[Event]]:
    """Reply to every message of this episode that has no reply yet; release when all are replied to.

    Under the lock of the conversation: a reply that is published meanwhile would be counted nowhere.
    """
    with transaction.atomic():
        return _serve_locked(lock(conversation_id), talks)


def _serve_locked(conversation: Conversation, talks: int) -> list[list[Event]]:
    asked = Event.objects.filter(conversation=conversation, kind="handoff.requested").order_by("-seq").first()
    if asked is None:
        return []
    since = Event.objects.filter(conversation=conversation, seq__gt=asked.seq, kind="message.created")
    customers = [event for event in since if event.data["message"]["role"] == Role.CUSTOMER]
    replies = [event for event in since if event.data["message"]["role"] == Role.STAFF]
    pending = PendingReply.objects.filter(conversation=conversation).count()
    made: list[list[Event]] = []
    for event in customers[len(replies) + pending :]:
        text = f"Reply to {event.data['message']['client_id']}"
        made.append(staffing.send_reply(conversation.id, _ben(), text, conversation.head_seq)[1])
    if len(replies) >= talks and not pending:
        made.append(handoffs.release(conversation.id))
    return made


async def heads() -> dict[str, int]:
    """Return how far conversations are, by the hash of their secret."""
    known: dict[str, int] = await database_sync_to_async(_heads)()
    return known


def _heads() -> dict[str, int]:
    return dict(Conversation.objects.values_list("token_sha256", "head_seq"))


@dataclass
class Found:
    """What is stored, and what is wrong with it."""

    stored: dict[str, int]
    wrong: Counter[str] = field(default_factory=Counter)


def examine(customers: list[Customer]) -> Found:
    """Compare what customers saw and were promised with what is stored."""
    by_hash = {row.token_sha256: row for row in Conversation.objects.all()}
    found = Found(
        {
            "conversations": len(by_hash),
            "messages": Message.objects.count(),
            "of customers": Message.objects.filter(role=Role.CUSTOMER).count(),
            "answers": Message.objects.filter(role=Role.ASSISTANT).count(),
            "of staff": Message.objects.filter(role=Role.STAFF).count(),
            "events": Event.objects.count(),
            "resets": Event.objects.filter(kind="answer.reset").count(),
            "acknowledged": sum(len(customer.acknowledged) for customer in customers),
        }
    )
    names = (
        "acknowledged messages not stored once", "conversations with gaps", "transcripts that differ",
        "messages no event tells of", "answers not finished once", "replies of staff not told once",
        "pending replies", "answers unfinished", "answers that failed",
    )  # fmt: skip
    found.wrong.update(dict.fromkeys(names, 0))
    for customer in customers:
        conversation = by_hash.get(customer.secret_hash)
        if conversation is None:
            found.wrong["transcripts that differ"] += bool(customer.events)
            continue
        _compare(customer, conversation, found.wrong)
    found.wrong["pending replies"] = PendingReply.objects.count()
    found.wrong["answers unfinished"] = Answer.objects.exclude(state=AnswerState.FINISHED).count()
    found.wrong["answers that failed"] = Message.objects.filter(outcome="failed").count()
    return found


def _compare(customer: Customer, conversation: Conversation, wrong: Counter[str]) -> None:
    conversation.refresh_from_db()
    truth = list(conversation.events.filter(seq__lte=conversation.head_seq).order_by("seq"))
    seqs = [event.seq for event in truth]
    wrong["conversations with gaps"] += seqs != list(range(1, conversation.head_seq + 1))
    seen = [(event["seq"], event["event"], event["data"]) for event in customer.events]
    wrong["transcripts that differ"] += seen != [(event.seq, event.kind, event.data) for event in truth]
    stored = Counter(str(one) for one in conversation.messages.values_list("client_id", flat=True) if one)
    wrong["acknowledged messages not stored once"] += sum(stored[one] != 1 for one in customer.acknowledged)
    told = Counter(event.data["message"]["id"] for event in truth if "text" in event.data.get("message", ()))
    messages = {str(pk) for pk in conversation.messages.values_list("id", flat=True)}
    wrong["messages no event tells of"] += sum(told[pk] != 1 for pk in messages) + len(set(told) - messages)
    finished = Counter(event.data["answer"] for event in truth if event.kind == "answer.finished")
    started = {event.data["answer"] for event in truth if event.kind == "answer.started"}
    wrong["answers not finished once"] += sum(finished[answer] != 1 for answer in started)
    replies = Counter(
        event.data["message"]["text"]
        for event in truth
        if event.kind == "message.created" and event.data["message"]["role"] == Role.STAFF
    )
    wrong["replies of staff not told once"] += sum(count != 1 for count in replies.values())
