"""``manage.py password``: makes the staff account on first use and shows its password afterwards."""

import secrets
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from supportbot.embedded.folder import write_private

USERNAME = "staff"
# Without the pairs that people mistake for each other: 16 of these 55 signs carry 92 bits.
SIGNS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 16


class Command(BaseCommand):
    """Show the password of the staff account; make the account if there is none."""

    help = "Show the password of the account 'staff'; the first call makes the account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --new."""
        parser.add_argument("--new", action="store_true", help="replace the password by a new one")

    def handle(self, *, new: bool, **options: object) -> None:
        """Print the password, or say why it cannot be known."""
        staff = get_user_model().objects.filter(username=USERNAME).first()
        path = settings.DATA / "staff_password"
        kept = path.read_text(encoding="utf-8").strip() if path.exists() else ""
        if staff is None or new:
            kept = self._give_password(staff or User(username=USERNAME), path)
        elif not kept or not staff.check_password(kept):
            raise CommandError(
                "The password of 'staff' was changed by its owner and is not kept here; "
                "«manage.py password --new» replaces it."
            )
        self.stdout.write(f"user: {USERNAME}   password: {kept}")

    def _give_password(self, staff: User, path: Path) -> str:
        password = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
        staff.is_staff = staff.is_superuser = staff.is_active = True
        staff.set_password(password)
        staff.save()
        write_private(path, password + "\n")
        return password
