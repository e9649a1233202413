"""The Django app of the wiring: registers the system checks and makes the Celery app the current one."""

from importlib import import_module

from django.apps import AppConfig

from supportbot.celery import app as celery_app

__all__ = ["SupportbotConfig", "celery_app"]


class SupportbotConfig(AppConfig):
    """Wiring: settings, embedded services, health and commands."""

    name = "supportbot"

    def ready(self) -> None:
        """Register the checks; they need models, which are there only now."""
        import_module("supportbot.checks")
