"""Stored knowledge: collections of documents, their versions, chunks and embeddings."""

from knowledge.models.chunks import Chunk, Embedding, EmbeddingSet, LexemeStatistic
from knowledge.models.collections import Audience, Collection
from knowledge.models.documents import Document, State, Version
from knowledge.models.heartbeats import Heartbeat

__all__ = [
    "Audience",
    "Chunk",
    "Collection",
    "Document",
    "Embedding",
    "EmbeddingSet",
    "Heartbeat",
    "LexemeStatistic",
    "State",
    "Version",
]
