"""Reading staff pages in tests: from a response to the words, the row or the sentence that it holds."""

from typing import Any

from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse


def page_of(client: Client, name: str, *args: object, query: str = "") -> str:
    """Return the page called ``name``."""
    response = client.get(reverse(f"staff:{name}", args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def sentences(response: Any) -> list[str]:
    """Return what staff are told after ``response``."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def row_of(html: str, key: str) -> str:
    """Return the row with an id out of a page."""
    return html.partition(f'id="{key}"')[2].partition("</tr>")[0]
