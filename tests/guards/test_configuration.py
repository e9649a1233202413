"""Settings and system checks: what the code reads is what ``.env.example`` and the documentation say."""

import ast
import re
from pathlib import Path

from tests.guards.sources import PRODUCT, python_files, text_of, tree_of

SETTINGS = Path("supportbot/settings.py")
EXAMPLE = Path(".env.example")
MANUAL = Path("docs/configuration.md")
COMPOSE = Path("docker-compose.yml")
NOT_OURS = {"PATH", "DJANGO_SETTINGS_MODULE"}
ENVIRONMENT = ("os.environ", "environment")


def read_by_settings() -> dict[str, str | None]:
    """Return the names the settings read, with their defaults as written in ``.env``; None where computed."""
    return {
        node.args[0].value: _default(node)
        for node in ast.walk(tree_of(SETTINGS))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def _default(call: ast.Call) -> str | None:
    (node,) = (keyword.value for keyword in call.keywords if keyword.arg == "default")
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    if isinstance(value, bool):
        return str(int(value))
    return ",".join(value) if isinstance(value, list) else str(value)


def read_elsewhere() -> set[str]:
    """Return the names that other modules read out of the environment by themselves."""
    names = set()
    for path in python_files(*PRODUCT, "manage.py", "deploy"):
        for node in ast.walk(tree_of(path)):
            key: ast.expr | None = None
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) in ENVIRONMENT:
                key = node.slice
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.environ.get", "os.getenv"):
                key = node.args[0]
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                names.add(key.value)
    return names - NOT_OURS


def read_by_compose() -> set[str]:
    """Return the names that docker-compose.yml fills in."""
    return set(re.findall(r"\$\{([A-Z_]+)", text_of(COMPOSE)))


def in_example() -> dict[str, str]:
    """Return the names of ``.env.example`` with the value beside each, commented out or not."""
    return dict(re.findall(r"^(?:# ?)?([A-Z][A-Z_]+)=(.*)$", text_of(EXAMPLE), re.MULTILINE))


def in_manual() -> dict[str, str]:
    """Return the names in the tables of the manual with the default beside each."""
    rows = re.findall(r"^\| `([A-Z][A-Z_]+)` \| ([^|]*) \|", text_of(MANUAL), re.MULTILINE)
    return {name: default.strip().strip("`") for name, default in rows}


def test_every_name_that_is_read_stands_in_the_example_and_in_the_manual() -> None:
    read = set(read_by_settings()) | read_elsewhere() | read_by_compose()

    example, manual = in_example(), in_manual()

    assert set(example) == read
    assert set(manual) == read


def test_the_defaults_of_the_example_and_the_manual_are_those_of_the_settings() -> None:
    defaults = {name: value for name, value in read_by_settings().items() if value is not None}

    example, manual = in_example(), in_manual()

    assert {name: example[name] for name in defaults} == defaults
    assert {name: manual[name] for name in defaults} == defaults


def test_the_reader_of_settings_sees_every_kind_of_default() -> None:
    defaults = read_by_settings()

    assert defaults["DEBUG"] == "0"
    assert defaults["ALLOWED_HOSTS"] == "127.0.0.1,localhost,[::1]"
    assert defaults["SUPPORTBOT_DATA"] is None
    assert "SUPPORTBOT_EMBEDDED" in read_elsewhere()


def test_every_setting_is_used() -> None:
    product = "\n".join(text_of(path) for path in python_files(*PRODUCT) if path != SETTINGS)
    assigned = {
        target.id: ast.unparse(node.value)
        for node in tree_of(SETTINGS).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and ast.unparse(node.value).startswith("env.")
    }
    within = text_of(SETTINGS)

    unused = {
        name
        for name in assigned
        if f"settings.{name}" not in product
        and f'"{name}"' not in product
        and len(re.findall(rf"(?<![\w\"]){name}(?![\w\"])", within)) < 2
    }

    # Read by Django itself.
    assert unused - {"DEBUG", "ALLOWED_HOSTS", "TIME_ZONE"} == set()


def test_every_system_check_is_explained() -> None:
    raised = set()
    for path in python_files("supportbot"):
        raised |= set(re.findall(r'id="(supportbot\.[EW]\d{3})"', text_of(path)))

    explained = set(re.findall(r"^\| `(supportbot\.[EW]\d{3})` \|", text_of(MANUAL), re.MULTILINE))

    assert raised
    assert explained == raised
