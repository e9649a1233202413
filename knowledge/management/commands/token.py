"""manage.py token: API tokens issued, listed and revoked in the terminal."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from knowledge import tokens
from knowledge.errors import PermanentError
from knowledge.models import ApiToken, Reach


class Command(BaseCommand):
    """Issue, list and revoke API tokens."""

    help = "Issue an API token that acts as a member of staff, list those there are, or revoke one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        issuing = deeds.add_parser("issue", help="make a token and print it; it is never shown again")
        issuing.add_argument("name", help="which program uses it")
        issuing.add_argument("--user", required=True, help="the member of staff it acts for")
        issuing.add_argument("--scope", choices=Reach.values, default=Reach.READ.value)
        issuing.add_argument("--days", type=int, help="days it lives; without it until it is revoked")
        deeds.add_parser("list", help="list all tokens, newest first")
        revoking = deeds.add_parser("revoke", help="end a token at once")
        revoking.add_argument("id", type=int, help="its number in the list")

    def handle(self, *_args: str, **options: Any) -> None:
        try:
            getattr(self, f"_{options['deed']}")(options)
        except PermanentError as error:
            raise CommandError(str(error)) from None

    def _issue(self, options: dict[str, Any]) -> None:
        owner = User.objects.filter(username=options["user"]).first()
        if owner is None:
            raise CommandError(f"There is no account “{options['user']}”: name one of the staff.")
        issued = tokens.issue(owner, options["name"], options["scope"], options["days"])
        self.stderr.write("Keep it now: it is never shown again.")
        self.stdout.write(issued.secret)

    def _list(self, _options: dict[str, Any]) -> None:
        alive = set(tokens.living().values_list("pk", flat=True))
        for token in ApiToken.objects.select_related("owner"):
            used = f"last used {token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never used"
            state = "living" if token.pk in alive else "dead"
            owner = token.owner.get_username()
            self.stdout.write(f"{token.pk}  {token}  {owner}  {token.scope}  {state}  {used}")

    def _revoke(self, options: dict[str, Any]) -> None:
        token = ApiToken.objects.select_related("owner").filter(pk=options["id"]).first()
        if token is None:
            raise CommandError(f"There is no token {options['id']}: `manage.py token list` has the numbers.")
        tokens.revoke(token)
        self.stdout.write(f"{token} is revoked.")
