"""The inbox at scale: how long its pages take and how many queries, with 50,000 conversations.

    python -m bench.inbox 50000

Fills a database of its own once (six messages a conversation), asks for each page through the whole
application, ``TIMES`` times in turn; prints milliseconds p50 and p95, how much of p50 this process
worked (the rest is PostgreSQL, and whatever else the machine does), and the most queries.
"""

import sys
import time
import uuid
from datetime import timedelta
from statistics import median

from bench.ready import ready

services = ready()

from django.contrib.auth.models import User  # noqa: E402 - needs the set-up above
from django.core.management import call_command  # noqa: E402 - needs the set-up above
from django.db import connection  # noqa: E402 - needs the set-up above
from django.test import Client  # noqa: E402 - needs the set-up above
from django.test.utils import CaptureQueriesContext  # noqa: E402 - needs the set-up above
from django.urls import reverse  # noqa: E402 - needs the set-up above
from django.utils import timezone  # noqa: E402 - needs the set-up above

from bench.scale_data import use_database  # noqa: E402 - needs the set-up above
from chat.conversations.transcript import message_data  # noqa: E402 - needs the set-up above
from chat.models import Assistant, Care, Conversation, Event, Message, Role  # noqa: E402 - needs the set-up above

TIMES = 40
AT_ONCE = 1000
TURNS = 3
SUBJECTS = "parcel toaster warranty invoice battery filter delivery refund account pump".split()
LONG = (
    "I have looked into it: the {subject} with number {number} left our warehouse on Monday and should be "
    "with you within two days. Please tell me if it is not there by then, and I will send another one."
)


def care_of(number: int) -> Care:
    """Return who takes care of a conversation: most are over, one in twenty is with people."""
    if number % 20 == 0:
        return Care.OPEN
    return Care.SNOOZED if number % 100 == 1 else Care.ASSISTANT if number % 4 == 1 else Care.CLOSED


def make_database(name: str) -> None:
    """Make a database beside the configured one, unless it is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")


def fill(most: int, staff: User) -> None:
    """Make conversations up to a number, with messages and events."""
    assistant, _ = Assistant.objects.get_or_create(key="demo", defaults={"name": "Mia"})
    for first in range(Conversation.objects.count(), most, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, most))
        conversations = [made(number, assistant, staff) for number in numbers]
        Conversation.objects.bulk_create(conversations)
        messages = [message for one in conversations for message in said_in(one)]
        Message.objects.bulk_create(messages)
        Event.objects.bulk_create(told(messages))
        for number, one in zip(numbers, conversations, strict=True):
            one.last_message_at = timezone.now() - timedelta(minutes=most - number)
        Conversation.objects.bulk_update(conversations, ["last_message_at"])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def made(number: int, assistant: Assistant, staff: User) -> Conversation:
    """Return the conversation of a number."""
    care = care_of(number)
    is_open = care == Care.OPEN
    return Conversation(
        assistant=assistant,
        token_sha256=f"{number:064x}",
        head_seq=2 * TURNS,
        language="en",
        care=care,
        assignee=staff if is_open and number % 40 else None,
        waiting_since=timezone.now() - timedelta(minutes=number % 500) if is_open and number % 60 else None,
        name=f"Customer {number}",
        page_title="Order status",
        origin="https://shop.example.com",
        tags=["vip"] if number % 50 == 0 else [],
    )


def said_in(conversation: Conversation) -> list[Message]:
    """Return the messages of a conversation, oldest first."""
    number = int(conversation.token_sha256, 16)
    subject = SUBJECTS[number % len(SUBJECTS)]
    lines = []
    for turn in range(TURNS):
        lines.append((Role.CUSTOMER, f"Where is my {subject} number {number}-{turn}?"))
        lines.append((Role.ASSISTANT, LONG.format(subject=subject, number=number)))
    return [Message(id=uuid.uuid4(), conversation=conversation, role=role, text=text) for role, text in lines]


def told(messages: list[Message]) -> list[Event]:
    """Return an event for each message; its number is its place in the conversation."""
    return [
        Event(
            conversation=message.conversation,
            seq=place % (2 * TURNS) + 1,
            kind="message.created",
            data={"message": message_data(message)},
        )
        for place, message in enumerate(messages)
    ]


def pages() -> dict[str, str]:
    """Return the pages to ask for, by what they are."""
    inbox = reverse("staff:inbox")
    found = Conversation.objects.filter(care=Care.OPEN).order_by("-last_message_at")[100]
    conversation = reverse("staff:inbox-conversation", args=[found.pk])
    queues = {
        f"queue {name}": f"{inbox}?queue={name}" for name in ("unassigned", "mine", "waiting", "closed")
    }
    return {
        **queues,
        "… with a tag": f"{inbox}?queue=team&tag=vip",
        "… common words": f"{inbox}?queue=closed&q=toaster",
        "… rare words": f"{inbox}?queue=closed&q=49999-2",
        "refreshed": f"{reverse('staff:inbox-rows')}?queue=unassigned",
        "one conversation": conversation,
        "its news": f"{conversation}news/?after=5",
    }


def measure(client: Client, address: str) -> tuple[list[float], list[float], int]:
    """Return the milliseconds of every call, sorted; those this process worked; the most queries of one."""
    took, worked, most = [], [], 0
    for _ in range(TIMES):
        with CaptureQueriesContext(connection) as queries:
            started, at_work = time.perf_counter(), time.process_time()
            response = client.get(address)
            took.append((time.perf_counter() - started) * 1000)
            worked.append((time.process_time() - at_work) * 1000)
        if response.status_code != 200:
            sys.exit(f"{address} answered {response.status_code}.")
        most = max(most, len(queries))
    return sorted(took), worked, most


def main() -> None:
    """Print the table for the number on the command line."""
    most = int(sys.argv[1])
    make_database(f"inbox_{most}")
    use_database(f"inbox_{most}")
    call_command("migrate", verbosity=0)
    staff, _ = User.objects.get_or_create(username="bench", defaults={"is_staff": True, "is_superuser": True})
    fill(most, staff)
    client = Client(headers={"host": "localhost"})
    client.force_login(staff)
    print(f"{Conversation.objects.count():,} conversations, {Message.objects.count():,} messages")
    print(f"{'page':<20} {'p50 ms':>8} {'p95 ms':>8} {'of it here':>10} {'queries':>8}")
    for name, address in pages().items():
        client.get(address)
        took, worked, queries = measure(client, address)
        print(
            f"{name:<20} {median(took):>8.0f} {took[len(took) * 95 // 100]:>8.0f} {median(worked):>10.0f}"
            f" {queries:>8}"
        )


if __name__ == "__main__":
    main()
