"""The front end's modules: their own tests under Node, their weight, and what they may never contain."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from chat.widget.serving import release, slim_script, slim_style

PROJECT = Path(__file__).resolve().parent.parent
STATIC = PROJECT / "static"
WIDGET = STATIC / "widget"
OURS = sorted([*WIDGET.rglob("*.js"), *(STATIC / "reader").rglob("*.js")])
STYLES = [STATIC / "tokens.css", *sorted(WIDGET.glob("*.css")), STATIC / "reader" / "reader.css"]
PAGES = sorted(
    [*(PROJECT / "templates" / "chat").glob("*.html"), *(PROJECT / "templates" / "knowledge").glob("*.html")]
)

# What would turn a string into markup or script, or reach past our own origin.
FORBIDDEN = (
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|DOMParser|setHTML"
)


def test_the_modules_pass_their_own_tests() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed; it only runs these tests, the product does without")

    tests = sorted(str(path) for path in (PROJECT / "tests" / "widget").glob("*.test.mjs"))
    command = [node, "--test", "--test-reporter=tap", *tests]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=400, check=False)

    assert done.returncode == 0, done.stdout[-4000:]
    assert re.search(r"^# pass [1-9]\d", done.stdout, re.MULTILINE), done.stdout[-4000:]


@pytest.mark.parametrize("name", [name for name in release().files if name.endswith(".js")])
def test_what_is_served_is_still_a_script(name: str, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed; it only checks this, the product does without")
    served = tmp_path / "module.mjs"
    served.write_bytes(release().files[name].plain)

    done = subprocess.run([node, "--check", served], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr


def test_only_comments_and_blanks_are_left_out() -> None:
    script = '/**\n * Told.\n */\nconst a = "// kept"; // kept\n\n  // gone\n  f(a);\n  /* one */ g();\n'
    style = '/* gone */\n.a > .b,\n.c { color: red; content: "a; 0.5"; inset: 0.5px 10.5px; }\n'
    more = "\n.d0.e { flex: -0.5; }\n"

    assert slim_script(script) == 'const a = "// kept"; // kept\nf(a);\n/* one */ g();\n'
    assert slim_style(style + more) == '.a>.b,.c{color:red;content:"a; 0.5";inset:.5px 10.5px}.d0.e{flex:-.5}'


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
    apart = {"app.js", "loader.js"}

    assert set(release().modules) == {path.name for path in WIDGET.glob("*.js")} - apart
