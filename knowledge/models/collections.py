"""Collections: named shelves of documents, each with an audience."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Who may read a document."""

    PUBLIC = "public", _("Public")
    INTERNAL = "internal", _("Internal (staff only)")


class Collection(models.Model):
    """A named shelf of documents.

    ``chunk_count`` and ``lexeme_total`` are the corpus figures of BM25 (number of
    chunks, summed length in lexemes); the swap of a version keeps them in step.
    """

    slug = models.SlugField(unique=True, max_length=80)
    name = models.CharField(max_length=200)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.PUBLIC)
    holds_findings = models.BooleanField(
        default=False, help_text=_("Hold back documents with open findings until staff decide.")
    )
    is_scratch = models.BooleanField(default=False, help_text=_("Made by an evaluation, removed after it."))
    chunk_count = models.PositiveIntegerField(default=0)
    lexeme_total = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
