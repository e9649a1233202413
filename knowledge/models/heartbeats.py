"""Heartbeats: when each kind of process was last seen at work."""

from django.db import models


class Heartbeat(models.Model):
    """The latest sign of life of one process, by the database's clock."""

    process = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(max_length=20, db_index=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.process
