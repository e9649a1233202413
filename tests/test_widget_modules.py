"""The front end's modules: their own tests under Node, their weight, and what they may never contain."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
STATIC = PROJECT / "static"
WIDGET = STATIC / "widget"
OURS = sorted([*WIDGET.rglob("*.js"), *(STATIC / "reader").rglob("*.js")])
STYLES = [STATIC / "tokens.css", *sorted(WIDGET.glob("*.css")), STATIC / "reader" / "reader.css"]
PAGES = sorted(
    [*(PROJECT / "templates" / "chat").glob("*.html"), *(PROJECT / "templates" / "knowledge").glob("*.html")]
)

LOADER_LIMIT = 3 * 1024
APP_LIMIT = 35 * 1024
# What would turn a string into markup or script, or reach past our own origin.
FORBIDDEN = (
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|DOMParser|setHTML"
)


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


def test_the_modules_pass_their_own_tests() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed; it only runs these tests, the product does without")

    tests = sorted(str(path) for path in (PROJECT / "tests" / "widget").glob("*.test.mjs"))
    command = [node, "--test", "--test-reporter=tap", *tests]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stdout[-4000:]
    assert re.search(r"^# pass [1-9]\d", done.stdout, re.MULTILINE), done.stdout[-4000:]


def test_the_loader_weighs_at_most_three_kilobytes() -> None:
    assert packed(WIDGET / "loader.js") <= LOADER_LIMIT


def test_the_chat_weighs_at_most_thirty_five_kilobytes() -> None:
    modules = [path for path in WIDGET.rglob("*.js") if path.name != "loader.js"]

    weight = sum(packed(path) for path in [*modules, STATIC / "tokens.css", *WIDGET.glob("*.css")])

    assert weight <= APP_LIMIT


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_module_makes_markup_from_strings(path: Path) -> None:
    assert re.findall(FORBIDDEN, path.read_text()) == []
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_holds_inline_script_or_style_or_a_foreign_origin(path: Path) -> None:
    source = path.read_text()

    assert (
        re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?://|\|safe\b|autoescape", source)
        == []
    )


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_use_logical_directions_and_no_foreign_origin(path: Path) -> None:
    physical = (
        r"(?:margin|padding|border)-(?:left|right)|(?<![\w-])(?:left|right):|text-align: (?:left|right)"
    )

    assert re.findall(rf"{physical}|@import|url\(", path.read_text()) == []


def test_every_module_of_the_chat_is_preloaded() -> None:
    listed = re.findall(
        r"static 'widget/([\w/]+\.js)'", (PROJECT / "templates/chat/modules.html").read_text()
    )

    static_imports = {path.name for path in WIDGET.glob("*.js")} - {"app.js", "loader.js"} | {"locales/en.js"}
    assert sorted(listed) == sorted(static_imports)
