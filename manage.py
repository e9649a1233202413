"""manage.py: from a command line to a Django command, on the embedded services unless URLs are given."""

import os
import sys

from django.core.management import execute_from_command_line

from supportbot.embedded.environment import needs_services, prepare_environment
from supportbot.embedded.folder import EmbeddedError


def main() -> None:
    """Prepare the environment, then run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportbot.settings")
    try:
        # Held until this process ends: then the services know that one user less needs them.
        _services = prepare_environment() if needs_services(sys.argv[1:]) else None
    except EmbeddedError as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
