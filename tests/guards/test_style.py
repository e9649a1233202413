"""The budget of style: what keeps every file small enough to be read in one go."""

import ast
import re
from itertools import pairwise
from pathlib import Path

from tests.guards.sources import PRODUCT, files, functions_of, python_files, text_of, tree_of

MOST_LINES = 300
MOST_FUNCTION_LINES = 40
MOST_PARAMETERS = 5
MOST_BROAD_HANDLERS = 2
LATE_IMPORTS = {
    "bench/ranking.py": "the services and Django must be up before models are imported",
    "bench/deciding.py": "the services and Django must be up before models are imported",
    "bench/model_failures.py": "the services and Django must be up before models are imported",
    "bench/remembering.py": "the services and Django must be up before models are imported",
    "supportbot/asgi.py": "models can be imported only after Django is set up",
    "bench/curated.py": "the services and Django must be up before models are imported",
    "bench/scale_data.py": "the services and Django must be up before models are imported",
    "bench/consistency.py": "the services and Django must be up before models are imported",
    "bench/kills.py": "the services and Django must be up before models are imported",
    "bench/pages.py": "the services and Django must be up before models are imported",
    "bench/reembedding.py": "the services and Django must be up before models are imported",
    "bench/containment.py": "the services and Django must be up before models are imported",
    "bench/chaos_rig.py": "the services and Django must be up before models are imported",
    "bench/truth.py": "the services and Django must be up before models are imported",
    "bench/modelled.py": "the services and Django must be up before models are imported",
    "bench/several.py": "the services and Django must be up before models are imported",
    "bench/speed.py": "the services and Django must be up before models are imported",
    "bench/languages.py": "the services and Django must be up before models are imported",
    "bench/peers.py": "the services and Django must be up before models are imported",
    "bench/codes.py": "the services and Django must be up before models are imported",
    "bench/inbox.py": "the services and Django must be up before models are imported",
    "bench/host_page.py": "the services and Django must be up before models are imported",
    "bench/ingestion.py": "the services and Django must be up before models are imported",
}
SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b(?P<rest>.*)")
CODES = re.compile(r"^(?::\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*|\[[\w,\s-]+\])?")
SHAPELESS = {"utils", "util", "services", "helpers", "common", "core", "misc", "base_utils"}
SHAPELESS_ALLOWED = {"supportbot/embedded/services.py": "PostgreSQL and Valkey are services"}


def test_no_file_is_longer_than_300_lines() -> None:
    code = files(".py", ".js", ".mjs", ".css", ".html")

    lengths = {str(path): len(text_of(path).splitlines()) for path in code}

    assert {path: n for path, n in lengths.items() if n > MOST_LINES} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    long = [
        f"{path}:{function.lineno} {function.name} has {lines} lines"
        for path in python_files()
        for function in functions_of(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MOST_FUNCTION_LINES
    ]

    assert long == []


def test_no_function_takes_more_than_five_parameters() -> None:
    wide = [
        f"{path}:{function.lineno} {function.name}"
        for path in python_files(*PRODUCT)
        for function in functions_of(path)
        if _parameters(function) > MOST_PARAMETERS
    ]

    assert wide == []


def test_every_module_says_what_it_is_for() -> None:
    written = [path for path in python_files() if text_of(path).strip()]

    silent = [str(path) for path in written if not ast.get_docstring(tree_of(path))]

    assert silent == []


def test_imports_stand_at_the_top() -> None:
    late = [f"{path}:{line}" for path in python_files() for line in _late_imports(tree_of(path))]

    assert [place for place in late if place.split(":")[0] not in LATE_IMPORTS] == []
    assert {place.split(":")[0] for place in late} == set(LATE_IMPORTS)


def test_almost_nothing_catches_every_exception() -> None:
    broad = [
        f"{path}:{handler.lineno}"
        for path in python_files()
        for handler in ast.walk(tree_of(path))
        if isinstance(handler, ast.ExceptHandler) and _is_broad(handler)
    ]

    assert len(broad) <= MOST_BROAD_HANDLERS, broad


def test_every_silenced_rule_has_its_reason_beside_it() -> None:
    lines = (
        (f"{path}:{number}", line)
        for path in python_files()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if "SILENCED" not in line
    )

    unreasoned = [place for place, line in lines if (found := SILENCED.search(line)) and not _reason(found)]

    assert unreasoned == []


def test_nothing_is_left_to_be_done_later() -> None:
    marks = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")

    found = [
        str(path) for path in files(".py", ".js", ".mjs", ".css", ".html") if marks.search(text_of(path))
    ]

    assert found == []


def test_modules_are_named_for_what_they_hold() -> None:
    shapeless = {
        str(path) for path in python_files() if path.stem in SHAPELESS or SHAPELESS & set(path.parts)
    }

    assert shapeless == set(SHAPELESS_ALLOWED)


def test_no_test_replaces_our_own_modules() -> None:
    ours = "|".join(PRODUCT)
    replaced = re.compile(
        rf"""\bpatch(?:\.object|\.dict)?\(\s*["'](?:{ours})\.|\bsetattr\(\s*["'](?:{ours})\."""
    )

    found = [str(path) for path in python_files("tests") if replaced.search(text_of(path))]

    assert found == []


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    arguments = function.args
    named = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len(named) - (named[:1] in (["self"], ["cls"]))


def _late_imports(tree: ast.Module) -> list[int]:
    """Return the lines of imports inside functions, and of those after other statements."""
    inner = {
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    after = {
        second.lineno
        for first, second in pairwise(tree.body)
        if isinstance(second, ast.Import | ast.ImportFrom)
        and not isinstance(first, ast.Import | ast.ImportFrom | ast.If | ast.Try)
        and not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant))
        and not _is_skip(first)
    }
    return sorted(inner | after)


def _is_skip(statement: ast.stmt) -> bool:
    """``pytest.importorskip`` stands before the import that it guards."""
    return "importorskip" in ast.unparse(statement)


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = ast.unparse(handler.type) if handler.type else "BaseException"
    return bool({"Exception", "BaseException"} & set(re.findall(r"\w+", caught)))


def _reason(found: re.Match[str]) -> str:
    return re.sub(CODES, "", found["rest"]).strip(" #-()")


def test_the_reader_of_reasons_sees_a_missing_one() -> None:
    bare, told = "x = 1  # no" + "qa: E402", "x = 1  # no" + "qa: E402 - after the set-up"

    reasons = [_reason(found) for line in (bare, told) if (found := SILENCED.search(line))]

    assert reasons == ["", "after the set-up"]


def test_the_finder_of_late_imports_sees_both_kinds() -> None:
    tree = ast.parse('"""Doc."""\nimport a\nx = 1\nimport b\ndef f():\n    import c\n')

    lines = _late_imports(tree)

    assert lines == [4, 6]


def test_paths_of_exceptions_exist() -> None:
    named = [*LATE_IMPORTS, *SHAPELESS_ALLOWED]

    known = set(files(".py", ".css"))

    assert [path for path in named if Path(path) not in known] == []
