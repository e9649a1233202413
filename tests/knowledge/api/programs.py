"""Programs in tests: whoever calls the API with a secret, and what they get."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client

from knowledge import tokens
from knowledge.models import Reach

HOME = "/api/v1"


@dataclass
class Program:
    """Calls the API with a secret; without one as a stranger."""

    secret: str = ""
    client: Client = field(default_factory=Client)

    def call(self, method: str, path: str, **values: Any) -> Any:
        """Return the response to a request at an address below the API's."""
        headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        return self.client.generic(method, HOME + path, headers=headers, **values)

    def get(self, path: str, **query: Any) -> Any:
        """Return the response to a GET."""
        headers = {"Authorization": f"Bearer {self.secret}"}
        return self.client.get(HOME + path, query, headers=headers)

    def post(self, path: str, body: object = None) -> Any:
        """Return the response to a POST with a JSON body, or without any."""
        return self._with("post", path, body)

    def patch(self, path: str, body: object) -> Any:
        """Return the response to a PATCH with a JSON body."""
        return self._with("patch", path, body)

    def delete(self, path: str) -> Any:
        """Return the response to a DELETE."""
        return self.call("DELETE", path)

    def send(self, path: str, data: bytes, name: str = "manual.md", **fields: str) -> Any:
        """Return the response to a POST of a file in a form."""
        headers = {"Authorization": f"Bearer {self.secret}"}
        form = {**fields, "file": SimpleUploadedFile(name, data)}
        return self.client.post(HOME + path, form, headers=headers)

    def _with(self, method: str, path: str, body: object) -> Any:
        headers = {"Authorization": f"Bearer {self.secret}"}
        body = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(self.client, method)(HOME + path, headers=headers, **body)


def program_of(owner: User, scope: str = Reach.WRITE) -> Program:
    """Return a program that acts for ``owner``."""
    return Program(tokens.issue(owner, "nightly sync", scope).secret)


def refusal(response: HttpResponseBase) -> tuple[int, str, str]:
    """Return status, code and sentence of a refusal, which has no more in it than that."""
    body = response.json()  # type: ignore[attr-defined]  # of the test client
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    return response.status_code, body["error"]["code"], body["error"]["message"]
