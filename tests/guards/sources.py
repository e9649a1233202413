"""Sources: from the working tree to the files, syntax trees and calls that guard tests look at."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PRODUCT = ("supportbot", "knowledge", "chat")
OURS = (*PRODUCT, "evals", "bench", "tests", "deploy")


@cache
def files(*suffixes: str, below: tuple[str, ...] = ()) -> tuple[Path, ...]:
    """Return the repository's own files, as git sees them; relative to the project, without migrations."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True)
    paths = (Path(line) for line in sorted(set(listed.stdout.splitlines())))
    return tuple(
        path
        for path in paths
        if path.suffix in suffixes
        and (not below or path.parts[0] in below)
        and "migrations" not in path.parts
        and (PROJECT / path).is_file()
    )


@cache
def python_files(*below: str) -> tuple[Path, ...]:
    """Return our Python files, of some top folders or of all."""
    return files(".py", below=below or (*OURS, "manage.py"))


@cache
def text_of(path: Path) -> str:
    """Return the text of a file of the repository."""
    return (PROJECT / path).read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file of the repository."""
    return ast.parse(text_of(path), filename=str(path))


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a file, methods and inner ones too."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def words_of(name: str) -> set[str]:
    """Return the words of an identifier, in small letters: ``ChatConsumer`` gives chat and consumer."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
