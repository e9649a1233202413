"""manage.py: from a command line to a Django command, on the embedded services unless URLs are given."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import ProgrammingError

from supportbot.embedded.environment import needs_services, prepare_environment
from supportbot.embedded.folder import EmbeddedError
from supportbot.tables import missing_migrations


def main() -> None:
    """Prepare the environment, then run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportbot.settings")
    try:
        # Held until this process ends: then the services know that one user less needs them.
        _services = prepare_environment() if needs_services(sys.argv[1:]) else None
    except EmbeddedError as error:
        sys.exit(str(error))
    try:
        execute_from_command_line(sys.argv)
    except ProgrammingError:
        if not missing_migrations():
            raise
        sys.exit("The database has no tables yet, or older ones: run `manage.py migrate`, then this again.")


if __name__ == "__main__":
    main()
