"""supportbot: the wiring of the product (settings, processes, checks); everything else is in its apps."""

from supportbot.celery import app as celery_app

__all__ = ["celery_app"]
