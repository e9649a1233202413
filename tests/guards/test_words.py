"""The glossary: models are in it, and the words it advises against name nothing of ours."""

import ast
import re
from pathlib import Path

from django.apps import apps

from tests.guards.sources import PRODUCT, python_files, text_of, tree_of, words_of

GLOSSARY = Path("GLOSSARY.md")
# Words of other trades that happen to be advised against in ours: HTML has elements, HTTP has requests.
OTHER_TRADES = {
    "knowledge/parsing/guards.py": {"file"},  # RejectedFile: what is turned away never becomes a document
    "knowledge/admin.py": {"token"},  # HTTP's bearer tokens
    "knowledge/models/tokens.py": {"token"},
    "supportbot/embedded/locking.py": {"file"},  # FileLock: the kernel locks files
}


def rows() -> list[list[str]]:
    """Return the cells of the glossary's tables."""
    lines = [line for line in text_of(GLOSSARY).splitlines() if line.startswith("| **")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def defined() -> set[str]:
    """Return the words that the glossary defines."""
    return {word for row in rows() for word in re.findall(r"\*\*(.+?)\*\*", row[0])}


def avoided() -> set[str]:
    """Return the single words that the glossary advises against as names of types."""
    return {word.strip().lower() for row in rows() for word in re.sub(r"\(.*?\)", "", row[2]).split(",")} - {
        ""
    }


def test_every_model_is_in_the_glossary() -> None:
    models = {
        model.__name__
        for model in apps.get_models()
        if model._meta.app_label in PRODUCT and not model._meta.auto_created
    }

    words = {re.sub(r"\s", "", word.title() if " " in word else word) for word in defined()}

    assert sorted(models - words) == []


def test_no_type_is_named_by_an_avoided_word() -> None:
    wrong = avoided()

    found = [
        f"{path}:{node.lineno} {node.name}"
        for path in python_files(*PRODUCT)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and words_of(node.name) & wrong - OTHER_TRADES.get(str(path), set())
    ]

    assert "ticket" in wrong
    assert found == []


def test_the_words_of_a_name_are_told_apart() -> None:
    words = words_of("HTTPTicketFile")

    assert words == {"http", "ticket", "file"}
