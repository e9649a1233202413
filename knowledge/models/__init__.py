"""Stored knowledge: collections of documents, their versions, chunks, embeddings, sources and curation."""

from knowledge.models.answers import CuratedAnswer, CuratedQuestion, CuratedVector
from knowledge.models.chunks import Chunk, Embedding, EmbeddingSet, LexemeStatistic
from knowledge.models.collections import Audience, Collection
from knowledge.models.curation import Act, Edit, EditKind, EditState, Finding, FindingKind, FindingState
from knowledge.models.documents import Document, Origin, Version
from knowledge.models.heartbeats import Heartbeat
from knowledge.models.jobs import State
from knowledge.models.sources import PageState, Schedule, Source, SourceKind, SourcePage, SyncRun
from knowledge.models.tokens import ApiToken, Reach

__all__ = [
    "Act",
    "ApiToken",
    "Audience",
    "Chunk",
    "Collection",
    "CuratedAnswer",
    "CuratedQuestion",
    "CuratedVector",
    "Document",
    "Edit",
    "EditKind",
    "EditState",
    "Embedding",
    "EmbeddingSet",
    "Finding",
    "FindingKind",
    "FindingState",
    "Heartbeat",
    "LexemeStatistic",
    "Origin",
    "PageState",
    "Reach",
    "Schedule",
    "Source",
    "SourceKind",
    "SourcePage",
    "State",
    "SyncRun",
    "Version",
]
