"""Nodes: from a passage to a node of LlamaIndex, for people who build on it. An adapter.

The retriever and the query engine give these out; nothing of ours takes any.
"""

from typing import Any

from llama_index.core.schema import NodeWithScore, TextNode

from knowledge.passages import Passage


def node_of(passage: Passage) -> NodeWithScore:
    """Return a passage as a node that says where it stands; a model is told the place only."""
    where: dict[str, Any] = {
        "document_id": str(passage.document_id),
        "version_id": str(passage.version_id),
        "title": passage.title,
        "heading_path": list(passage.heading_path),
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "place": passage.place,
        "language": passage.language,
    }
    node = TextNode(
        id_=f"{passage.version_id}:{passage.start}-{passage.end}",
        text=passage.text,
        metadata=where,
        excluded_llm_metadata_keys=[name for name in where if name != "place"],
        excluded_embed_metadata_keys=[*where],
        start_char_idx=passage.start,
        end_char_idx=passage.end,
    )
    return NodeWithScore(node=node, score=passage.score)
