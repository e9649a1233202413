"""Celery: the doorbell that wakes workers; the work itself is described by rows in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportbot.settings")

app = Celery("supportbot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "chat.evaluation",
        "chat.mail",
        "chat.privacy",
        "knowledge.curated",
        "knowledge.ingestion",
        "knowledge.reembedding",
        "knowledge.sources",
        "knowledge.curated",
    ]
)
