"""The assistants: what staff may change of them, and the tag for their websites."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from chat.models import Assistant
from knowledge.models import Collection
from tests.staff.conftest import MakeConversation

FORM = {
    "name": "Mia",
    "greeting": "Hello!",
    "persona": "Mia, who helps\n customers of Acme",
    "tone": "formal",
    "answer_format": "steps",
    "suggestions": "How do I reset it?\n\n What does E18 mean? \n",
    "allowed_origins": "https://www.example.com\nhttps://*.example.org/\nhttp://127.0.0.1:8001",
    "collections": ["help-centre"],
    "language": "de",
    "is_active": "on",
}


def save(client: Client, assistant: Assistant, **changes: object) -> Any:
    """Send the form of ``assistant``."""
    return client.post(reverse("staff:assistant", args=[assistant.key]), {**FORM, **changes})


def test_lines_become_lists(ada_client: Client, assistant: Assistant, collection: Collection) -> None:
    save(ada_client, assistant)

    assistant.refresh_from_db()
    assert assistant.suggestions == ["How do I reset it?", "What does E18 mean?"]
    assert assistant.allowed_origins == [
        "https://www.example.com",
        "https://*.example.org",
        "http://127.0.0.1:8001",
    ]
    assert assistant.collections == ["help-centre"]


def test_the_manner_is_kept_and_the_persona_is_one_line(
    ada_client: Client, assistant: Assistant, collection: Collection
) -> None:
    save(ada_client, assistant)

    assistant.refresh_from_db()
    assert assistant.persona == "Mia, who helps customers of Acme"
    assert (assistant.tone, assistant.answer_format) == ("formal", "steps")


def test_a_tone_that_nobody_knows_is_refused(
    ada_client: Client, assistant: Assistant, collection: Collection
) -> None:
    html = save(ada_client, assistant, tone="sarcastic").content.decode()

    assistant.refresh_from_db()
    assert "sarcastic is not one of the available choices" in html
    assert assistant.tone == "friendly"


@pytest.mark.parametrize(
    "line",
    [
        "example.com",
        "https://example.com/path",
        "https://*.com",
        "https://*",
        "*",
        "javascript:alert(1)",
        "https://a.example; script-src *",
        "https://user@example.com",
        "'self'",
    ],
)
def test_what_is_not_an_origin_is_refused_by_name(
    ada_client: Client, assistant: Assistant, collection: Collection, line: str
) -> None:
    html = save(ada_client, assistant, allowed_origins=line).content.decode()

    assistant.refresh_from_db()
    assert "is not a website" in html
    assert assistant.allowed_origins == []


def test_a_fifth_suggestion_is_refused(
    ada_client: Client, assistant: Assistant, collection: Collection
) -> None:
    html = save(ada_client, assistant, suggestions="1\n2\n3\n4\n5").content.decode()

    assert "Four suggestions are the most that customers see." in html


def test_the_key_stays_because_websites_name_it(
    ada_client: Client, assistant: Assistant, collection: Collection
) -> None:
    save(ada_client, assistant, key="other")

    assistant.refresh_from_db()
    assert assistant.key == "demo"


def test_a_collection_that_is_gone_is_not_dropped_silently(
    ada_client: Client, assistant: Assistant, collection: Collection
) -> None:
    Assistant.objects.update(collections=["gone"])

    html = ada_client.get(reverse("staff:assistant", args=["demo"])).content.decode()

    assert "gone (does not exist any more)" in html


def test_an_assistant_without_collections_answers_from_all_public_ones(
    ada_client: Client, assistant: Assistant, collection: Collection
) -> None:
    save(ada_client, assistant, collections=[])

    assistant.refresh_from_db()
    assert assistant.collections == []


def test_a_new_assistant_is_created_with_its_key(ada_client: Client, collection: Collection) -> None:
    response = ada_client.post(reverse("staff:assistant-new"), {**FORM, "key": "shop"})

    assert response["Location"] == reverse("staff:assistant", args=["shop"])
    assert Assistant.objects.get().key == "shop"


def test_the_tag_to_paste_names_this_site_and_the_assistant(
    ada_client: Client, assistant: Assistant, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://help.example.com"

    html = ada_client.get(reverse("staff:assistant", args=["demo"])).content.decode()

    source = "https://help.example.com/widget/v1/loader.js"
    assert f'<script async src="{source}" data-assistant="demo"></script>' in unescape(html)
    assert f'<script async src="{source}"' not in html, "shown, not run"


def test_the_list_names_knowledge_and_websites(
    ada_client: Client, assistant: Assistant, make_conversation: MakeConversation
) -> None:
    make_conversation()

    html = ada_client.get(reverse("staff:assistants")).content.decode()

    assert "All public ones" in html
    assert "None" in html
