"""The query engine: our answers behind the face of LlamaIndex, for people who build on it. An adapter.

Nothing of ours calls it. It is imported by its own name only, because LlamaIndex costs a
process 3 seconds and 100 MB.
"""

from contextlib import aclosing
from typing import Any

from llama_index.core.async_utils import asyncio_run
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.schema import QueryBundle

from chat.answering.answerer import Answerer
from chat.answering.events import CitationDraft, Cited, Finished, Found, Text
from knowledge.nodes import node_of


class SupportbotQueryEngine(BaseQueryEngine):
    """Answers as an answerer does; the sources are the passages that the answer cites.

    The response's metadata has the outcome, who answered, the confidence and the citations
    with their quotes; what is between "[" and "]" in its text are their numbers.
    """

    def __init__(self, answerer: Answerer) -> None:
        """Take what answers, such as ``chat.realtime.engines.engine_for()``."""
        super().__init__(callback_manager=None)
        self._answerer = answerer

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}

    def _query(self, query_bundle: QueryBundle) -> Response:
        response: Response = asyncio_run(self._aquery(query_bundle))
        return response

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        texts: list[str] = []
        citations: list[CitationDraft] = []
        said: dict[str, Any] = {}
        async with aclosing(self._answerer.answer(query_bundle.query_str)) as events:
            async for event in events:
                match event:
                    case Found(_, confidence):
                        said["confidence"] = confidence
                    case Cited(citation):
                        citations.append(citation)
                    case Text(text):
                        texts.append(text)
                    case Finished(outcome, answerer):
                        said |= {"outcome": outcome, "answerer": answerer}
        said["citations"] = [_shown(citation) for citation in citations]
        nodes = {node.node_id: node for node in (node_of(citation.passage) for citation in citations)}
        return Response("".join(texts), source_nodes=[*nodes.values()], metadata=said)


def _shown(citation: CitationDraft) -> dict[str, Any]:
    return {
        "number": citation.number,
        "quote": citation.quote,
        "place": citation.passage.place,
        "start": citation.start,
        "end": citation.end,
    }
