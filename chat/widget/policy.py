"""Policy: what the chat's page may load, whom it may call and who may frame it."""

from collections.abc import Sequence

from csp.constants import NONE, SELF
from django.http import HttpRequest


def chat_policy(request: HttpRequest, ancestors: Sequence[str]) -> dict[str, list[str]]:
    """Return the Content-Security-Policy of a chat page that ``ancestors`` may frame.

    It stands on its own: what the settings grant to other pages is not granted here.
    """
    scheme = "wss" if request.is_secure() else "ws"
    return {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        # 'self' covers our own socket in current browsers; older Safari wants it spelled out.
        "connect-src": [SELF, f"{scheme}://{request.get_host()}"],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": list(ancestors),
        "require-trusted-types-for": ["'script'"],
        "trusted-types": [NONE],
    }
