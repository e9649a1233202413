"""The reranking postprocessor: any LlamaIndex reranker behind our port, by the setting ``RERANKER``."""

from collections.abc import Sequence
from inspect import signature
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from knowledge.reranking import MOST_PASSAGES, RerankFailed


class PostprocessorReranker:
    """A ``BaseNodePostprocessor`` that scores nodes, made with ``RERANK_MODEL`` if it takes a model."""

    def __init__(self) -> None:
        """Load the postprocessor; a local model is read here.

        Raises:
            RerankFailed: There is no such class, or its library is not installed.
        """
        try:
            chosen = import_string(settings.RERANKER)
            self._postprocessor = chosen(**_options(chosen))
        except (ImportError, TypeError, ValueError) as error:
            raise RerankFailed(
                f"RERANKER={settings.RERANKER} cannot be loaded: {error}. "
                "Set it to the dotted path of a LlamaIndex node postprocessor."
            ) from error

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score for each text; those that the postprocessor leaves out come last.

        Raises:
            RerankFailed: It kept nothing; what else goes wrong in it comes out as it is.
        """
        nodes = [
            NodeWithScore(node=TextNode(text=text, id_=str(n)), score=0.0) for n, text in enumerate(texts)
        ]
        kept = self._postprocessor.postprocess_nodes(nodes, query_bundle=QueryBundle(question))
        scores = {int(node.node.node_id): float(node.score) for node in kept}
        if not scores:
            raise RerankFailed(f"{settings.RERANKER} kept nothing.")
        least = min(scores.values()) - 1.0
        return [scores.get(n, least) for n in range(len(texts))]


def _options(chosen: Any) -> dict[str, Any]:
    """Return what a postprocessor is to be made with: the model, and room for all that it gets."""
    offered = {"model": settings.RERANK_MODEL, "api_key": settings.RERANK_KEY}
    wanted = {name: value for name, value in offered.items() if value}
    takes = signature(chosen).parameters
    if "top_n" in takes:
        wanted["top_n"] = MOST_PASSAGES
    return {name: value for name, value in wanted.items() if name in takes}
