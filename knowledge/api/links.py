"""Links: from a version and a span to the address where people read it."""

import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def reader_link(request: HttpRequest, version_id: uuid.UUID, start: int | None = None, end: int = 0) -> str:
    """Return the reader's address of a version, opened and highlighted at a span if one is given."""
    path = reverse("reader", args=[version_id])
    if start is not None:
        path += f"?{urlencode({'from': start, 'to': end})}#passage"
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
