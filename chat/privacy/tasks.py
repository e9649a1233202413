"""Tasks of privacy: what the clock deletes because it is old, or because nothing names it any more."""

from celery import shared_task

from chat.attachments import keeping
from chat.privacy.erasure import erase_old


@shared_task(queue="maintenance")
def erase_what_is_old() -> None:
    """Delete the conversations whose time is over, some each hour, and files left behind by a crash."""
    erase_old()
    keeping.sweep()
