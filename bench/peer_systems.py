"""Peer systems: other people's retrieval over the same chunks and vectors, in an environment of their own.

Started by ``bench.peers``. Reads one JSON object a line and answers each with one: ``load`` takes
chunks in, ``ask`` returns the documents that each system finds, best first. Imports nothing of ours.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from haystack import Document, Pipeline  # type: ignore[import-not-found]  # in the peers' environment only
from haystack.components.joiners import DocumentJoiner  # type: ignore[import-not-found]  # as above
from haystack.utils import Secret  # type: ignore[import-not-found]  # as above
from haystack_integrations.components.retrievers.pgvector import (  # type: ignore[import-not-found]  # as above
    PgvectorEmbeddingRetriever,
    PgvectorKeywordRetriever,
)
from haystack_integrations.document_stores.pgvector import (  # type: ignore[import-not-found]  # as above
    PgvectorDocumentStore,
)
from llama_index.core import QueryBundle, VectorStoreIndex
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.embeddings import MockEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import TextNode
from llama_index.vector_stores.postgres import PGVectorStore  # type: ignore[import-untyped]  # as above
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

Message = dict[str, Any]


class LlamaIndex:
    """LlamaIndex over ``PGVectorStore`` with ``hybrid_search``, through its own retrievers."""

    def __init__(self, message: Message) -> None:
        place, limit = message["database"], message["limit"]
        store = PGVectorStore.from_params(
            connection_string=_url("postgresql+psycopg2", place),
            async_connection_string=_url("postgresql+asyncpg", place),
            table_name=message["table"],
            embed_dim=message["dimensions"],
            hybrid_search=True,
            text_search_config=message["language"],
        )
        store.add(
            [
                TextNode(
                    id_=one["id"],
                    text=one["text"],
                    embedding=one["vector"],
                    metadata={"document": one["document"]},
                )
                for one in message["chunks"]
            ]
        )
        index = VectorStoreIndex.from_vector_store(store, MockEmbedding(message["dimensions"]))
        modes = {
            mode: index.as_retriever(vector_store_query_mode=mode, similarity_top_k=limit, sparse_top_k=limit)
            for mode in ("default", "hybrid", "sparse")
        }
        fused = QueryFusionRetriever(
            [modes["default"], modes["sparse"]],
            llm=MockLLM(),
            mode=FUSION_MODES.RELATIVE_SCORE,
            similarity_top_k=limit,
            num_queries=1,
            use_async=False,
        )
        self._retrievers: dict[str, BaseRetriever] = {
            "LlamaIndex PGVectorStore": modes["default"],
            "LlamaIndex PGVectorStore hybrid": modes["hybrid"],
            "LlamaIndex QueryFusionRetriever": fused,
        }

    def ask(self, question: str, vector: list[float]) -> dict[str, list[str]]:
        """Return the documents that each retriever finds, best first."""
        bundle = QueryBundle(question, embedding=vector)
        return {
            name: _distinct(found.node.metadata["document"] for found in retriever.retrieve(bundle))
            for name, retriever in self._retrievers.items()
        }


class Haystack:
    """Haystack over ``PgvectorDocumentStore``: vectors and keywords joined by reciprocal rank fusion."""

    def __init__(self, message: Message) -> None:
        place, limit = message["database"], message["limit"]
        store = PgvectorDocumentStore(
            connection_string=Secret.from_token(make_conninfo(**place)),
            create_extension=False,
            table_name=f"haystack_{message['table']}",
            language=message["language"],
            embedding_dimension=message["dimensions"],
            keyword_index_name=f"keywords_{message['table']}",
        )
        store.write_documents(
            [
                Document(
                    id=one["id"],
                    content=one["text"],
                    embedding=one["vector"],
                    meta={"document": one["document"]},
                )
                for one in message["chunks"]
            ]
        )
        self._pipeline = Pipeline()
        self._pipeline.add_component("meaning", PgvectorEmbeddingRetriever(document_store=store, top_k=limit))
        self._pipeline.add_component("words", PgvectorKeywordRetriever(document_store=store, top_k=limit))
        self._pipeline.add_component(
            "joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=limit)
        )
        self._pipeline.connect("meaning", "joiner")
        self._pipeline.connect("words", "joiner")

    def ask(self, question: str, vector: list[float]) -> dict[str, list[str]]:
        """Return the documents that the pipeline finds, best first."""
        found = self._pipeline.run({"meaning": {"query_embedding": vector}, "words": {"query": question}})
        documents = found["joiner"]["documents"]
        return {"Haystack embedding + keyword, RRF": _distinct(one.meta["document"] for one in documents)}


def _url(driver: str, place: Mapping[str, str]) -> URL:
    return URL.create(
        driver,
        username=place["user"],
        password=place.get("password"),
        database=place["dbname"],
        query={"host": f"{place['host']}:{place['port']}" if place.get("port") else place["host"]},
    )


def _distinct(documents: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(documents))


def main() -> None:
    """Answer line by line until there are no more."""
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever the libraries print is no answer
    systems: list[LlamaIndex | Haystack] = []
    for line in sys.stdin:
        message: Message = json.loads(line)
        if message["do"] == "load":
            systems = [LlamaIndex(message), Haystack(message)]
            reply: Message = {"loaded": len(message["chunks"])}
        else:
            reply = {}
            for system in systems:
                reply |= system.ask(message["question"], message["vector"])
        print(json.dumps(reply), file=answers, flush=True)


if __name__ == "__main__":
    main()
