"""manage.py seed_demo: the assistant and the collections of the demo; running it again changes nothing."""

import os
from typing import Any

from django.core.management.base import BaseCommand

from chat.models import Assistant
from knowledge.models import Audience, Collection

COLLECTIONS = (("help-centre", "Help centre", Audience.PUBLIC), ("internal", "Internal", Audience.INTERNAL))
SUGGESTIONS = (
    "How do I clean the drain pump filter of my washing machine?",
    "What does error E18 mean?",
    "How long is the warranty?",
    "Can I return an opened appliance?",
)


class Command(BaseCommand):
    """Make what the demo needs."""

    help = "Make the demo's assistant and collections; existing ones are left alone."

    def handle(self, *_args: str, **_options: Any) -> None:
        for slug, name, audience in COLLECTIONS:
            Collection.objects.get_or_create(slug=slug, defaults={"name": name, "audience": audience})
        website = os.environ.get("DEMO_WEBSITE", "http://127.0.0.1:8001")
        origins = [website, website.replace("127.0.0.1", "localhost")]
        assistant, created = Assistant.objects.get_or_create(
            key="demo",
            defaults={
                "name": "Wrenfield & Tosk assistant",
                "greeting": "Hello! Ask me anything about our appliances: I answer from the manuals and "
                "help pages, and show you where it is written.",
                "suggestions": list(SUGGESTIONS),
                "allowed_origins": origins,
                "collections": ["help-centre"],
            },
        )
        missing = [origin for origin in origins if origin not in assistant.allowed_origins]
        if not created and missing:
            assistant.allowed_origins = [*assistant.allowed_origins, *missing]
            assistant.save(update_fields=["allowed_origins"])
