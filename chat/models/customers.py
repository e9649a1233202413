"""Customers whom a website vouches for, and the secrets by which it does."""

from django.db import models

from chat.models.assistants import Assistant


class Customer(models.Model):
    """Somebody a website knows: its own id for them, vouched for by a signed token.

    A conversation of somebody nobody vouches for has no customer here.
    """

    assistant = models.ForeignKey(Assistant, on_delete=models.CASCADE, related_name="customers")
    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["assistant", "external_id"], name="customer_once")]

    def __str__(self) -> str:
        return self.name or self.external_id


class IdentitySecret(models.Model):
    """The secret with which a website signs who its visitor is; two may live, one to follow the other.

    Only ``salt`` is stored: the secret is derived from it and from SECRET_KEY, so a copy of
    the database forges nobody.
    """

    assistant = models.ForeignKey(Assistant, on_delete=models.CASCADE, related_name="identity_secrets")
    number = models.SlugField(max_length=40, unique=True, help_text="The kid of the tokens signed with it.")
    salt = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.number


class SpentIdentity(models.Model):
    """A signed identity that was used, and by which customer's secret: nobody else may use it again."""

    assistant = models.ForeignKey(Assistant, on_delete=models.CASCADE, related_name="+")
    jti = models.CharField(max_length=120)
    token_sha256 = models.CharField(max_length=64)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="spent")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["assistant", "jti"], name="identity_spent_once")]
        indexes = [models.Index(fields=["token_sha256"], name="identity_of_token")]

    def __str__(self) -> str:
        return self.jti
