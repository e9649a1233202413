"""Tasks, migrations and outgoing calls: what the product promises about its work."""

import ast
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from supportbot.celery import app
from supportbot.embedded import programs
from tests.guards.sources import PRODUCT, python_files, tree_of

DECORATORS = {"shared_task", "app.task", "celery_app.task"}
CLIENTS = {"http.client", "urllib.request", "urllib3", "requests", "aiohttp", "ftplib", "smtplib"}


def declared_tasks() -> dict[str, str | None]:
    """Return every task that is declared in the code, with the queue it names."""
    tasks: dict[str, str | None] = {}
    for path in python_files(*PRODUCT):
        module = ".".join(path.with_suffix("").parts)
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for decorator in node.decorator_list:
                    if ast.unparse(decorator).partition("(")[0] in DECORATORS:
                        tasks[f"{module}.{node.name}"] = _queue(decorator)
    return tasks


def _queue(decorator: ast.expr) -> str | None:
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    named = [ast.literal_eval(keyword.value) for keyword in keywords if keyword.arg == "queue"]
    return str(named[0]) if named else None


def test_every_task_names_a_queue_that_the_worker_serves() -> None:
    command = list(programs.worker().command)
    served = set(command[command.index("-Q") + 1].split(","))

    tasks = declared_tasks()

    assert tasks
    assert {task: queue for task, queue in tasks.items() if queue not in served} == {}


def test_the_clock_rings_for_tasks_that_exist_and_forgets_late_rounds() -> None:
    app.loader.import_default_modules()

    schedule: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    for entry in schedule.values():
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] <= entry["schedule"]


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_nobody_calls_out_by_the_standard_library() -> None:
    callers = [
        f"{path}:{node.lineno}"
        for path in python_files(*PRODUCT)
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.Import) and CLIENTS & {alias.name for alias in node.names})
        or (isinstance(node, ast.ImportFrom) and node.module in CLIENTS)
    ]

    assert callers == []
