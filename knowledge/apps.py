"""The Django app of what we know."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """Collections, documents and their searchable passages."""

    name = "knowledge"
