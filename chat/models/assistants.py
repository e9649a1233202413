"""Assistants: configured bots, each with its knowledge, words and the websites it may live on."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tone(models.TextChoices):
    """How an assistant sounds."""

    FRIENDLY = "friendly", _("Friendly")
    NEUTRAL = "neutral", _("Neutral")
    FORMAL = "formal", _("Formal")


class AnswerFormat(models.TextChoices):
    """What an assistant's answers look like."""

    AUTO = "auto", _("As the question asks for")
    SHORT = "short", _("One or two sentences")
    STEPS = "steps", _("Numbered steps")
    TABLE = "table", _("A table")
    JSON = "json", _("JSON, for programs that ask the API")


class Assistant(models.Model):
    """A bot that customers meet: greeting, manner, collections it answers from, allowed origins.

    ``persona``, ``tone`` and ``answer_format`` shape what a model words; quotes and curated
    answers stay as they were written.
    """

    key = models.SlugField(unique=True, max_length=60)
    name = models.CharField(max_length=120)
    greeting = models.TextField(blank=True)
    suggestions = models.JSONField(default=list, blank=True, help_text="Starter questions, at most four.")
    allowed_origins = models.JSONField(
        default=list, blank=True, help_text="Exact origins or https://*.example.com; empty: no website."
    )
    collections = models.JSONField(
        default=list, blank=True, help_text="Slugs of collections to answer from; empty: all."
    )
    persona = models.CharField(
        max_length=300, blank=True, help_text=_("Who it is, such as “Mia, who helps customers of Acme”.")
    )
    tone = models.CharField(max_length=10, choices=Tone, default=Tone.FRIENDLY)
    answer_format = models.CharField(max_length=10, choices=AnswerFormat, default=AnswerFormat.AUTO)
    language = models.CharField(max_length=8, default="en")
    theme = models.JSONField(
        default=dict, blank=True, help_text="Tokens of chat.widget.theming; empty: ours."
    )
    unanswerable = models.JSONField(
        default=list, blank=True, help_text="Suggestions that find no answer now; customers do not see them."
    )
    pre_chat = models.JSONField(
        default=dict,
        blank=True,
        help_text="What to ask for before the first question: name, email, required.",
    )
    quotas = models.JSONField(
        default=dict, blank=True, help_text="Limits of chat.limits that differ from ours."
    )
    office_hours = models.JSONField(
        default=dict, blank=True, help_text="Time zone and hours by weekday; empty: always open."
    )
    handoff_rules = models.JSONField(
        default=dict, blank=True, help_text="Whether, and on which words, a conversation passes to staff."
    )
    notify_email = models.EmailField(
        blank=True, help_text=_("Who gets a mail when a customer waits and nobody is here.")
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def passes_on(self) -> bool:
        """Say whether its conversations may pass to people."""
        return bool(self.handoff_rules.get("enabled", True))
