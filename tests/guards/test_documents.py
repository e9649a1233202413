"""The documents for people: their links lead somewhere, their commands exist."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.guards.sources import PROJECT, files, text_of

COMING = {"docs/images/chat.png"}  # a picture of the running product, made by whoever releases
PAGES = [path for path in files(".md") if path.parts[0] in ("docs", path.name)]
PATHS = re.compile(r"`((?:knowledge|chat|supportbot|tests|deploy|static|templates|evals|docs)/[\w./-]+)`")


def commands_in(text: str) -> set[str]:
    """Return the ``manage.py`` commands that a text names."""
    return set(re.findall(r"manage\.py ([a-z_]+)", text))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_to_files_of_the_repository(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text_of(page))

    targets = {link: (PROJECT / page.parent / link).resolve() for link in links}

    missing = {link for link, target in targets.items() if not target.exists()}
    assert {link for link in missing if str(Path(page.parent, link)) not in COMING} == set()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_paths_in_the_text_exist(page: Path) -> None:
    named = PATHS.findall(text_of(page))

    assert [path for path in named if not (PROJECT / path).exists() and path not in COMING] == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_commands_in_the_text_exist(page: Path) -> None:
    text = text_of(page)
    targets = set(re.findall(r"^([a-z-]+):", text_of(Path("Makefile")), re.MULTILINE))

    made = set(re.findall(r"`make ([a-z-]+)", text)) | set(re.findall(r"^make ([a-z-]+)", text, re.MULTILINE))

    assert commands_in(text) <= set(get_commands())
    assert made <= targets


def test_the_readme_names_the_two_commands() -> None:
    readme = text_of(Path("README.md"))

    assert re.search(r"^make demo\b", readme, re.MULTILINE)
    assert re.search(r"^make test\b", readme, re.MULTILINE)


def test_every_decision_is_listed_and_has_its_three_parts() -> None:
    records = [path for path in files(".md", below=("docs",)) if re.match(r"\d{4}-", path.name)]
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", text_of(Path("docs/adr/README.md")))

    parts = {path.name: re.findall(r"^## (\w+)", text_of(path), re.MULTILINE) for path in records}

    assert sorted(listed) == sorted(parts)
    assert set(map(tuple, parts.values())) == {("Context", "Decision", "Consequences")}
