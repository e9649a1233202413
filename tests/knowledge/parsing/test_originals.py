"""Originals as they are stored: under their hash, without the ending people gave them."""

from pathlib import Path

import pytest

from knowledge.parsing.guards import identify
from knowledge.parsing.parse import parse

NAMES = ["guide.md", "page.html", "manual.pdf", "manual.docx", "shop.xlsx", "faq.csv"]


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_original_needs_no_ending_in_its_name(samples: Path, tmp_path: Path, name: str) -> None:
    stored = tmp_path / "9f86d081884c7d65"
    stored.write_bytes((samples / name).read_bytes())

    parsed = parse(stored, identify(samples / name, name, 10_000_000))

    assert parsed.text
