"""Quoting: what the quoting answerer shows for a question and its passages, outside of an engine."""

from collections.abc import Sequence

from chat.answering.citing import Citer
from chat.answering.events import Text
from chat.answering.quoting import quote, texts_to_compare
from knowledge.language import detect
from knowledge.passages import Passage
from knowledge.retrieval.meaning import nearness_to


def quoted(question: str, passages: Sequence[Passage]) -> str:
    """Return the text of a quoted answer with its marks; passages in another language compared by meaning.

    Raises:
        EmbedderUnavailable: The embedder did not answer.
    """
    language = detect(question)
    texts = texts_to_compare(passages, language)
    near = nearness_to(question, list(texts.values())) if texts else []
    nearness = dict(zip(texts, near, strict=True))
    pieces = quote(question, passages, Citer(), language, nearness)
    return "".join(piece.text for piece in pieces if isinstance(piece, Text))
