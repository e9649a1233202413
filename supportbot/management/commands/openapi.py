"""manage.py openapi: from the routes of the API to their description in docs/openapi.json."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from supportbot.api import api

HOME = settings.PROJECT / "docs" / "openapi.json"


def description() -> str:
    """Return the API's OpenAPI description as the repository keeps it."""
    return json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False) + "\n"


class Command(BaseCommand):
    """Write the description of the API."""

    help = "Write the OpenAPI description of the REST API to docs/openapi.json, or to another file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", default=HOME)

    def handle(self, *_args: str, **options: Any) -> None:
        path: Path = options["file"]
        path.write_text(description(), encoding="utf-8")
        self.stdout.write(f"{path} is written.")
