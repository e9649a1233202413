"""Retrieval: from a question to the passages that may answer it."""

from knowledge.retrieval.search import Scope, search

__all__ = ["Scope", "search"]
