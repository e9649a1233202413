"""Tasks of realtime: what time alone makes happen, told to whoever has a page open."""

from celery import shared_task

from chat.conversations import handoffs
from chat.realtime.broadcast import announce_now


@shared_task(queue="maintenance")
def wake_snoozed() -> None:
    """Wake the conversations whose snooze is over, and ring for staff."""
    for conversation_id in handoffs.wake_due():
        announce_now(conversation_id, ())
