"""API tokens: what lets a program act for one of our staff."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Reach(models.TextChoices):
    """How far a token reaches."""

    ASK = "ask", _("Ask: search and get answers, from what customers may read")
    READ = "read", _("Read")
    WRITE = "write", _("Read and write")


class ApiToken(models.Model):
    """A secret by which a program acts as ``owner``, of which we keep the SHA-256 and the first characters.

    It dies with its owner's right to the staff area. ``last_used_at`` is at most a minute late.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    shown = models.CharField(max_length=20, help_text=_("The first characters, by which people know it."))
    scope = models.CharField(max_length=10, choices=Reach, default=Reach.READ)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown}…)"
