"""Websites that sign who their visitor is, honestly or not."""

import time
import uuid
from typing import Any

import jwt

from chat.conversations import identity_secrets
from chat.models import Assistant
from tests.factories import assistant


class Website:
    """A website with a secret of an assistant."""

    def __init__(self, of: Assistant | None = None) -> None:
        self.assistant = of or assistant()
        self.row, self.secret = identity_secrets.create(self.assistant)

    def sign(self, sub: object = "cleo-1", **claims: Any) -> str:
        """Return a token; ``claims`` replace its parts, None leaves one out."""
        return jwt.encode(self.claims(sub, **claims), self.secret, "HS256", {"kid": self.row.number})

    def claims(self, sub: object = "cleo-1", **claims: Any) -> dict[str, Any]:
        """Return what a token says."""
        now = int(time.time())
        said = {"sub": sub, "aud": self.assistant.key, "iat": now, "exp": now + 120, "jti": uuid.uuid4().hex}
        return {name: value for name, value in {**said, **claims}.items() if value is not None}
