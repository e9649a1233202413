"""The front end: what a strict Content-Security-Policy demands, and how much a customer has to load."""

import gzip
import re
from pathlib import Path

import pytest

from tests.guards.sources import PROJECT, files, text_of

LOADER_BYTES = 3 * 1024
APP_BYTES = 35 * 1024
LOADER = Path("static/widget/loader.js")
INJECTING = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|srcdoc|DOMParser)\b"
    r"|\beval\s*\(|\bnew\s+Function\b|setAttribute\(\s*[\"'](?:style|on\w+)[\"']"
)
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle\s*=|<[^>]*\son[a-z]+\s*=|javascript:|\bhx-on\b|\|\s*safe\b"
    r"|autoescape\s+off",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"https?://([\w.*-]+)|[\"'(]//([\w-]+\.[\w.-]+)")
# A namespace is a name and is never fetched; example.com is for examples.
NAMES_ONLY = ("www.w3.org", "example.com", "127.0.0.1", "localhost")


def sources(*suffixes: str) -> list[Path]:
    """Return our templates and static files."""
    return list(files(*suffixes, below=("static", "templates")))


def compressed(path: Path) -> int:
    """Return the bytes of a file as they travel."""
    return len(gzip.compress((PROJECT / path).read_bytes(), 9))


@pytest.mark.parametrize("path", sources(".js", ".mjs"), ids=str)
def test_no_script_makes_markup_or_code_out_of_text(path: Path) -> None:
    found = INJECTING.findall(text_of(path))

    assert found == []


@pytest.mark.parametrize("path", sources(".html"), ids=str)
def test_no_template_has_inline_script_or_style(path: Path) -> None:
    found = INLINE.findall(text_of(path))

    assert found == []


def test_no_file_names_somebody_elses_address() -> None:
    foreign = [
        f"{path}: {host}"
        for path in sources(".js", ".mjs", ".css", ".html", ".svg")
        for hosts in ADDRESS.findall(text_of(path))
        if (host := "".join(hosts)) and not host.endswith(NAMES_ONLY)
    ]

    assert foreign == []


def test_the_loader_stays_below_3_kb() -> None:
    size = compressed(LOADER)

    assert size <= LOADER_BYTES


def test_the_chat_stays_below_35_kb() -> None:
    parts = [path for path in files(".js", ".css", below=("static",)) if path.parts[1] == "widget"]

    loaded = {str(path): compressed(path) for path in [*parts, Path("static/tokens.css")] if path != LOADER}

    assert len(loaded) > 2
    assert sum(loaded.values()) <= APP_BYTES, loaded


@pytest.mark.parametrize(
    "wrong",
    ["<script>x()</script>", '<p style="color:red">', '<a onclick="x()">', "{{ text|safe }}"],
)
def test_the_finder_of_inline_code_sees(wrong: str) -> None:
    assert INLINE.search(wrong)
