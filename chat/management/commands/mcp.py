"""manage.py mcp: the MCP server on standard input and output, for clients on this machine."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from chat.mcp import NOT_INSTALLED, is_installed
from chat.programs import Ask, CannotAsk
from chat.programs.asking import PUBLIC, prepared

SERVE = "chat.mcp.terminal.serve"
STAFF_SEE = (*PUBLIC, "internal")


class Command(BaseCommand):
    """Serve the tools "search" and "answer"."""

    help = (
        "Serve the tools “search” and “answer” by the Model Context Protocol, on standard input and output."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--assistant", default="", help="answer as the assistant with this key")
        where.add_argument("--collections", default="", help="slugs of collections, separated by commas")
        parser.add_argument("--internal", action="store_true", help="also what customers must not read")

    def handle(self, *_args: str, **options: Any) -> None:
        if not is_installed():
            raise CommandError(NOT_INSTALLED)
        within = tuple(slug.strip() for slug in options["collections"].split(",") if slug.strip())
        audiences = STAFF_SEE if options["internal"] else PUBLIC
        ask = Ask(audiences, within, assistant=options["assistant"])
        try:
            prepared(ask)
        except CannotAsk as error:
            raise CommandError(str(error)) from None
        import_string(SERVE)(ask, settings.PUBLIC_URL)
