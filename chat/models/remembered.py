"""Remembered answers: what the model wrote once, ready to be given again."""

from django.db import models
from pgvector.django import HalfVectorField


class RememberedAnswer(models.Model):
    """A complete answer of the model, for the same question under the same circumstances.

    ``circumstances`` is a digest of everything that shapes an answer besides the question:
    whose eyes, language, manner, model, prompts. ``knowledge`` is the state of the scope's
    knowledge it was built from; in any other state it is not given. A disliked one stays as
    a mark that this text is not to be remembered again.
    """

    circumstances = models.CharField(max_length=64)
    wording = models.CharField(max_length=300, help_text="The question, normalised.")
    question = models.CharField(max_length=300)
    knowledge = models.CharField(max_length=64)
    embedding_set_id = models.BigIntegerField(null=True, blank=True)
    vector = HalfVectorField(null=True, blank=True)
    events = models.JSONField(default=list)
    text_sha256 = models.CharField(max_length=64, db_index=True)
    is_disliked = models.BooleanField(default=False)
    uses = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["circumstances", "wording"], name="remembered_once")]
        indexes = [models.Index(fields=["-created_at", "-id"], name="remembered_newest")]

    def __str__(self) -> str:
        return self.question
