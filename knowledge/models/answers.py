"""Curated answers: what staff approved word for word, and the questions it answers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from knowledge.models.chunks import EmbeddingSet
from knowledge.models.collections import Audience, Collection
from knowledge.models.documents import Document


class CuratedAnswer(models.Model):
    """An approved answer that wins over generated text, verbatim.

    ``source_url`` or ``document`` is where a customer can read on. From ``expires_on``
    on it is not given any more. ``warned_by`` is the document that the warning quotes;
    ``confirmed`` holds the keys of the warnings that staff have looked at, so that none
    of them comes back.
    """

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="curated_answers")
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.PUBLIC)
    language = models.CharField(max_length=8, blank=True)
    text = models.TextField()
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="curated_answers"
    )
    source_url = models.URLField(max_length=500, blank=True)
    is_enabled = models.BooleanField(default=True)
    expires_on = models.DateField(null=True, blank=True, db_index=True)
    hits = models.PositiveIntegerField(default=0)
    last_hit_at = models.DateTimeField(null=True, blank=True)
    warning = models.TextField(blank=True, help_text=_("What a newer document says otherwise."))
    warned_by = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    warning_key = models.CharField(max_length=64, blank=True)
    confirmed = models.JSONField(default=list, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="curated_answer_newest")]

    def __str__(self) -> str:
        return self.text[:60]


class CuratedQuestion(models.Model):
    """One way to put a question that a curated answer answers; ``wording`` is ``text`` normalised."""

    answer = models.ForeignKey(CuratedAnswer, on_delete=models.CASCADE, related_name="questions")
    ordinal = models.PositiveIntegerField(default=0)
    text = models.CharField(max_length=500)
    wording = models.CharField(max_length=1000, db_index=True, default="", editable=False)
    language = models.CharField(max_length=8, blank=True)

    class Meta:
        ordering = ["answer", "ordinal", "id"]
        constraints = [models.UniqueConstraint(fields=["answer", "text"], name="curated_question_once")]

    def __str__(self) -> str:
        return self.text


class CuratedVector(models.Model):
    """The vector of a curated question, as a question, in one embedding set."""

    question = models.ForeignKey(CuratedQuestion, on_delete=models.CASCADE, related_name="vectors")
    embedding_set = models.ForeignKey(EmbeddingSet, on_delete=models.CASCADE, related_name="+")
    vector = HalfVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "embedding_set"], name="one_vector_per_question")
        ]

    def __str__(self) -> str:
        return f"vector of question {self.question_id}"
