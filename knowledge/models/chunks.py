"""Chunks and their vectors: the stored stretches of a version that search can find."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from knowledge.models.collections import Collection
from knowledge.models.documents import Version
from knowledge.models.jobs import Leased, State


class Chunk(models.Model):
    """A stretch of a version's text with its place in the document.

    ``lexemes`` holds our own normalised words, weighted A (title), B (headings,
    question) and D (body), because PostgreSQL's parsers split part numbers and know
    one language per query. ``lexeme_count`` is the length of the body for BM25.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="chunks")
    ordinal = models.PositiveIntegerField()
    text = models.TextField()
    kind = models.CharField(max_length=20)
    question = models.TextField(blank=True)
    heading_path = ArrayField(models.TextField(), default=list, blank=True)
    page = models.PositiveIntegerField(null=True, blank=True)
    last_page = models.PositiveIntegerField(null=True, blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    language = models.CharField(max_length=8)
    content_hash = models.CharField(max_length=64, db_index=True)
    lexemes = SearchVectorField()
    lexeme_count = models.PositiveIntegerField()
    is_disabled = models.BooleanField(default=False)
    is_searchable = models.BooleanField(default=True)

    class Meta:
        ordering = ["version", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["version", "ordinal"], name="chunk_ordinal_once")]
        indexes = [
            GinIndex(
                fields=["lexemes"],
                name="chunk_lexemes",
                fastupdate=False,
                condition=models.Q(is_searchable=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} #{self.ordinal}"


class EmbeddingSet(Leased):
    """All vectors of one model, and the leased job that makes them beside the active set.

    ``probe`` is the model's vector for a known sentence: another model behind the
    same name is noticed before it answers anything. ``embedder`` and ``url`` say how
    to reach the model; empty means as the settings say. ``unrelated`` is the cosine it gives to
    texts about different things, once somebody asked (``knowledge.embedding.scale``).
    """

    name = models.CharField(max_length=200)
    embedder = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=500, blank=True)
    dimensions = models.PositiveIntegerField()
    probe = models.JSONField()
    unrelated = models.FloatField(null=True, blank=True, editable=False)
    is_active = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField(max_length=10, choices=State, default=State.READY)
    figures = models.JSONField(default=dict, blank=True, help_text=_("What the golden questions gave."))
    activated_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=models.Q(is_active=True), name="one_active_embedding_set"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.dimensions})"


class Embedding(models.Model):
    """The vector of one chunk in one set.

    The column has no fixed width: each set has its own partial HNSW index over the
    cast to its width (see ``knowledge.embedding.sets``).
    """

    chunk = models.ForeignKey(Chunk, on_delete=models.CASCADE, related_name="embeddings")
    embedding_set = models.ForeignKey(EmbeddingSet, on_delete=models.CASCADE, related_name="embeddings")
    vector = HalfVectorField()
    is_searchable = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chunk", "embedding_set"], name="one_embedding_per_chunk")
        ]

    def __str__(self) -> str:
        return f"embedding of chunk {self.chunk_id}"


class LexemeStatistic(models.Model):
    """In how many live chunks of a collection a lexeme occurs (document frequency of BM25)."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="lexeme_statistics")
    lexeme = models.CharField(max_length=64)
    chunks = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lexeme", "collection"], name="lexeme_once")]
        # By byte order, forwards and backwards: words one edit off keep one of their halves.
        indexes = [
            models.Index(fields=["lexeme"], opclasses=["varchar_pattern_ops"], name="lexeme_forwards"),
            models.Index(OpClass(Reverse("lexeme"), name="text_pattern_ops"), name="lexeme_backwards"),
        ]

    def __str__(self) -> str:
        return self.lexeme
