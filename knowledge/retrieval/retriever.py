"""The retriever: our search behind the face of LlamaIndex, for people who build on it. An adapter.

Nothing of ours calls it. It is not imported with the package, because LlamaIndex costs a
process 3 seconds and 100 MB.
"""

from channels.db import database_sync_to_async
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from knowledge.nodes import node_of
from knowledge.retrieval.search import Scope, search


class SupportbotRetriever(BaseRetriever):
    """Finds what ``search`` finds, for the eyes of one scope."""

    def __init__(self, scope: Scope | None = None, limit: int = 8) -> None:
        """Take whose eyes it has (None: those of customers, on all collections) and the most passages."""
        super().__init__()
        self._scope = scope or Scope()
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [node_of(passage) for passage in search(query_bundle.query_str, self._scope, self._limit)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        # In a thread of its own, as the ORM asks for it.
        found: list[NodeWithScore] = await database_sync_to_async(self._retrieve, thread_sensitive=False)(
            query_bundle
        )
        return found
