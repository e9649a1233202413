"""manage.py doctor: names what is broken, and what to do about it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from supportbot.health import examine


class Command(BaseCommand):
    """Look at everything the product needs."""

    help = "Look at database, pgvector, Redis, processes, embedder, model, mail, disk and migrations."
    requires_system_checks: list[str] = []

    def handle(self, *_args: str, **_options: Any) -> None:
        broken = 0
        for finding in examine():
            mark = self.style.SUCCESS("ok    ") if finding.is_well else self.style.ERROR("BROKEN")
            self.stdout.write(f"{mark} {finding.name:<11}{finding.detail}")
            broken += not finding.is_well
        if broken:
            raise CommandError(f"{broken} of these need attention.")
