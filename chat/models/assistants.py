"""Assistants: configured bots, each with its knowledge, words and the websites it may live on."""

from django.db import models


class Assistant(models.Model):
    """A bot that customers meet: greeting, collections it answers from, allowed origins."""

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
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
