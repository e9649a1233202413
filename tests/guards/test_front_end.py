"""The front end: what a strict Content-Security-Policy demands, and how much a customer has to load."""

import re
from pathlib import Path

import pytest

from chat.widget.serving import LOADER, STYLE, release
from tests.guards.sources import files, text_of

LOADER_BYTES = 3 * 1024
APP_BYTES = 35 * 1024
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


def loaded(locale: str) -> dict[str, int]:
    """Return the bytes of every file a customer loads to chat in a language, as they travel."""
    return {
        name: len(served.packed)
        for name, served in release().files.items()
        if name != LOADER and ("/" not in name or name == f"locales/{locale}.js")
    }


LOCALES = [name[8:-3] for name in release().files if name.startswith("locales/")]


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
    assert len(release().files[LOADER].packed) <= LOADER_BYTES


@pytest.mark.parametrize("locale", LOCALES)
def test_the_chat_stays_below_35_kb(locale: str) -> None:
    files = loaded(locale)

    assert STYLE in files
    assert f"locales/{locale}.js" in files
    assert sum(files.values()) <= APP_BYTES, files


@pytest.mark.parametrize(
    "wrong",
    ["<script>x()</script>", '<p style="color:red">', '<a onclick="x()">', "{{ text|safe }}"],
)
def test_the_finder_of_inline_code_sees(wrong: str) -> None:
    assert INLINE.search(wrong)
