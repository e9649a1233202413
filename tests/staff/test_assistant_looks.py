"""The looks of an assistant and the people behind it: what staff choose, and what no field lets through."""

import base64
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chat.models import Assistant
from chat.widget.theming import DEFAULTS, MOST_LOGO, clean_theme, theme_of

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
LOOKS = {
    "color": "#7A1FA2",
    "scheme": "dark",
    "font": "serif",
    "radius": "4",
    "launcher": "  Ask   Mia ",
    "position": "start",
    "offset": "32",
}
PEOPLE = {"enabled": "on", "offer_after": "3", "words": "Refund\ncomplaint", "time_zone": "Europe/Berlin"}


def send(client: Client, page: str, **values: Any) -> Any:
    """Send a form of the assistant."""
    return client.post(reverse(f"staff:assistant-{page}", args=["demo"]), values)


def test_eight_tokens_are_kept_and_the_tag_carries_those_of_the_button(
    ada_client: Client, assistant: Assistant
) -> None:
    send(ada_client, "looks", **LOOKS, logo=SimpleUploadedFile("logo.png", PNG, "image/png"))

    assistant.refresh_from_db()
    logo = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    assert assistant.theme == {
        "color": "#7a1fa2",
        "scheme": "dark",
        "font": "serif",
        "radius": 4,
        "launcher": "Ask Mia",
        "position": "start",
        "offset": 32,
        "logo": logo,
    }
    html = unescape(ada_client.get(reverse("staff:assistant-try", args=["demo"])).content.decode())
    expected = 'data-color="#7a1fa2" data-position="start" data-offset="32" data-label="Ask Mia"></script>'
    assert expected in html


def test_a_logo_stays_until_it_is_to_go(ada_client: Client, assistant: Assistant) -> None:
    send(ada_client, "looks", **LOOKS, logo=SimpleUploadedFile("logo.png", PNG, "image/png"))

    send(ada_client, "looks", **LOOKS)
    assistant.refresh_from_db()
    kept = assistant.theme["logo"]
    send(ada_client, "looks", **LOOKS, no_logo="on")
    assistant.refresh_from_db()

    assert kept.startswith("data:image/png;base64,")
    assert "logo" not in assistant.theme


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("logo.svg", b"<svg onload=alert(1)>", "must be a PNG, JPEG or WebP"),
        ("logo.png", b"GIF89a", "must be a PNG, JPEG or WebP"),
        ("logo.png", PNG + b"0" * MOST_LOGO, "may have 20 KB"),
    ],
)
def test_what_is_no_small_picture_is_refused_with_a_sentence(
    ada_client: Client, assistant: Assistant, name: str, content: bytes, sentence: str
) -> None:
    html = send(ada_client, "looks", **LOOKS, logo=SimpleUploadedFile(name, content)).content.decode()

    assistant.refresh_from_db()
    assert sentence in html
    assert assistant.theme == {}


@pytest.mark.parametrize(
    "hostile",
    [
        {"color": "red;background:url(//evil.example)"},
        {"color": "#fff"},
        {"font": "x}</style><script>"},
        {"radius": "4px"},
        {"radius": True},
        {"radius": 25},
        {"offset": -1},
        {"position": "left"},
        {"launcher": "x" * 41},
        {"launcher": "a\u202eb"},
        {"logo": "https://evil.example/logo.png"},
        {"logo": "data:image/svg+xml;base64,PHN2Zz4="},
        {"logo": "data:image/png;base64," + base64.b64encode(b"<html>").decode()},
        {"logo": "data:image/png;base64,A"},
        {"css": "*{display:none}"},
    ],
)
def test_no_token_carries_anything_but_a_look(hostile: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        clean_theme(hostile)

    assert theme_of(hostile) == DEFAULTS


def test_hours_rules_and_questions_before_the_first_are_kept(
    ada_client: Client, assistant: Assistant
) -> None:
    hours = {"mon": "13:30-17:00, 09:00-12:30", "sat": "10:00–12:00"}
    asked = {"ask_email": "on", "required": "on", "notify_email": "team@example.com"}

    send(ada_client, "people", **PEOPLE, **hours, **asked)

    assistant.refresh_from_db()
    assert assistant.office_hours == {
        "time_zone": "Europe/Berlin",
        "days": {"mon": [["09:00", "12:30"], ["13:30", "17:00"]], "sat": [["10:00", "12:00"]]},
    }
    assert assistant.handoff_rules == {"enabled": True, "offer_after": 3, "words": ["Refund", "complaint"]}
    assert assistant.pre_chat == {"name": False, "email": True, "required": True}
    assert assistant.notify_email == "team@example.com"
    shown = unescape(ada_client.get(reverse("staff:assistant-people", args=["demo"])).content.decode())
    assert "09:00–12:30, 13:30–17:00" in shown


@pytest.mark.parametrize(
    ("span", "sentence"),
    [
        ("9-17", "Write hours like"),
        ("17:00-09:00", "Write hours like"),
        ("09:00-25:00", "Write hours like"),
        ("09:00-12:00, 11:00-13:00", "overlap"),
    ],
)
def test_hours_that_make_no_sense_are_refused_with_a_sentence(
    ada_client: Client, assistant: Assistant, span: str, sentence: str
) -> None:
    html = send(ada_client, "people", **PEOPLE, mon=span).content.decode()

    assistant.refresh_from_db()
    assert sentence in html
    assert assistant.office_hours == {}


def test_a_suggestion_that_finds_no_answer_is_named_to_staff(
    ada_client: Client, assistant: Assistant
) -> None:
    Assistant.objects.update(unanswerable=["How do I reset it?"])

    html = unescape(ada_client.get(reverse("staff:assistant", args=["demo"])).content.decode())

    assert "“How do I reset it?” finds no answer in our documents" in html


def test_limits_are_kept_where_they_differ_and_ours_where_a_field_is_empty(
    ada_client: Client, assistant: Assistant
) -> None:
    send(ada_client, "limits", questions_per_minute="5", assistant_questions_per_day="", sockets="0")

    assistant.refresh_from_db()
    assert assistant.quotas == {"questions_per_minute": 5, "sockets": 0}


def test_a_limit_below_nothing_is_refused_with_a_sentence(ada_client: Client, assistant: Assistant) -> None:
    html = send(ada_client, "limits", questions_per_minute="-1").content.decode()

    assistant.refresh_from_db()
    assert "greater than or equal to 0" in html
    assert assistant.quotas == {}
