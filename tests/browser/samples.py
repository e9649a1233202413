"""Samples: an assistant, an answer and a document as the pages get them."""

from datetime import date
from typing import Any

from chat.models import Assistant

QUESTION = "How do I clean the drain pump filter?"

ANSWER = """To clean the **drain pump filter**, switch the machine off and let the water cool [1]. Then:

1. Open the flap at the *lower right* and place a shallow dish under it.
2. Turn the filter anticlockwise; about 2 litres of water run out [1].
   - Remove lint and coins
   - Rinse under warm water
3. Screw it back in until it `clicks` [2].

| Programme | Time | Water |
|---|---|---:|
| Cotton 60 | 2:10 h | 52 l |
| Quick 15 | 0:15 h | 31 l |

Do this **every three months** [2]. See also https://example.com/help."""

CITATIONS = [
    {
        "number": 1,
        "title": "WM 700 washing machine – user manual",
        "heading": "Care › Cleaning the drain pump filter",
        "page": 7,
        "quote": "Switch the machine off. Place a shallow dish under the flap. Up to 2 litres may run out.",
        "url": "/read?from=10&to=90#passage",
    },
    {
        "number": 2,
        "title": "WM 700 washing machine – user manual",
        "heading": "Care › Maintenance intervals",
        "page": 8,
        "quote": "Clean the drain pump filter every three months. Screw the filter in until it clicks.",
        "url": "/read?from=100&to=190#passage",
    },
]

CITED = {"text": ANSWER, "outcome": "answered", "answerer": "model", "citations": CITATIONS}
DECLINED = {
    "text": "I found nothing about that in our documents. Try asking about cleaning or the warranty.",
    "outcome": "declined",
    "answerer": "none",
    "citations": [],
}


def assistant() -> Assistant:
    """Return an assistant that is in no database."""
    return Assistant(
        key="demo",
        name="Lindmoor Help",
        greeting="Hello! How can we help with your appliance?",
        suggestions=[QUESTION, "What does error E18 mean?", "How long is the warranty?"],
        language="en",
    )


def _segment(text: str, marked: bool = False, first: bool = False) -> dict[str, Any]:
    return {"text": text, "marked": marked, "first": first}


def document() -> dict[str, Any]:
    """Return one page of a manual as the reader's view hands it to the template."""
    filler = "Regular care keeps the machine quiet and economical. Let hot water cool down first. " * 12
    return {
        "title": "WM 700 washing machine – user manual",
        "collection": "Help centre",
        "number": 2,
        "date": date(2026, 3, 14),
        "page": 7,
        "pages": 12,
        "previous_url": "/read?page=6",
        "next_url": "/read?page=8",
        "passage_found": True,
        "is_live": False,
        "current_url": "/read?current",
        "original_url": "/original.pdf",
        "language": "en",
        "blocks": [*_care(filler), *_questions(filler)],
    }


def _care(filler: str) -> list[dict[str, Any]]:
    return [
        {"kind": "heading", "level": 1, "segments": [_segment("Care and cleaning")]},
        {"kind": "paragraph", "segments": [_segment(filler)]},
        {"kind": "heading", "level": 2, "segments": [_segment("Cleaning the drain pump filter")]},
        {
            "kind": "paragraph",
            "segments": [
                _segment("The filter catches lint. "),
                _segment("Place a shallow dish under the flap. Up to 2 litres may run out.", True, True),
                _segment(" Wipe up what is left with a cloth."),
            ],
        },
        {"kind": "list_item", "level": 1, "segments": [_segment("Open the flap at the lower right.")]},
        {"kind": "list_item", "level": 1, "segments": [_segment("Turn the filter anticlockwise.", True)]},
        {"kind": "list_item", "level": 2, "segments": [_segment("Remove lint and <b>coins</b>.")]},
        {
            "kind": "table",
            "rows": [
                [_segment("Part"), _segment("Interval")],
                [_segment("Drain pump filter"), _segment("3 months", True)],
                [_segment("Detergent drawer"), _segment("monthly")],
            ],
        },
    ]


def _questions(filler: str) -> list[dict[str, Any]]:
    return [
        {"kind": "heading", "level": 2, "segments": [_segment("Questions")]},
        {
            "kind": "question_answer",
            "question": "Can I wash the filter?",
            "segments": [_segment("Can I wash the filter?\nYes, under warm running water.")],
        },
        {"kind": "code", "segments": [_segment("E18  drain blocked\nE19  drain slow")]},
        {"kind": "paragraph", "segments": [_segment(filler)]},
    ]
