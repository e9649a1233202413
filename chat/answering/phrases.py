"""Phrases: the few sentences the assistant says of itself, in the customer's language."""

import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "phrases"
DEFAULT = "en"


@cache
def _catalogue(language: str) -> dict[str, str]:
    path = FOLDER / f"{language}.json"
    phrases: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return phrases


def phrase(key: str, language: str) -> str:
    """Return a phrase in a language, or in English when there is no translation."""
    return _catalogue(language).get(key) or _catalogue(DEFAULT)[key]
