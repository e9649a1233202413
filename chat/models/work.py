"""Answers in the making: leased rows that a runner works on, apart from any socket."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.conversations import Conversation, Message


class AnswerState(models.TextChoices):
    """Where the making of an answer stands."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused: nobody watches")
    FINISHED = "finished", _("Finished")


class Answer(models.Model):
    """The work that turns one question into one reply.

    ``attempt`` fences as in ingestion. ``text`` is the checkpoint of what customers
    have seen, ``evidence`` the passages that were found, with their scores, for review.
    A paused one goes on when a customer looks again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="answers")
    question = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="answer")
    reply = models.OneToOneField(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="answered_by"
    )
    state = models.CharField(max_length=10, choices=AnswerState, default=AnswerState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    pauses = models.PositiveSmallIntegerField(default=0)
    stop_requested = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    evidence = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(
                fields=["state", "created_at"],
                name="answer_open_work",
                condition=models.Q(state__in=["queued", "running"]),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
