"""Ready: what a bench needs before it imports the product: services, Django, and tables."""

import os

import django
from django.core.management import call_command

from supportbot.embedded.environment import prepare_environment
from supportbot.embedded.services import Services


def ready() -> Services:
    """Set Django up on the data folder of the environment, whose tables are made or brought up to date.

    The services run for as long as somebody holds the result.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportbot.settings")
    services = prepare_environment()
    django.setup()
    call_command("migrate", verbosity=0)
    return services
