"""Asked: a question together with those before it, as search reads it.

A follow-up leans on what was said before it, but nobody can tell by its form alone: "what about returns?"
does, "how much is shipping?" may. So the earlier questions always count, and always less. On 141
questions of people in conversations that gave an nDCG@10 of .915, where the last question
alone gave .855 and the last three joined .854 (docs/evaluation.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.embedding import Vectors, unit
from knowledge.embedding.asking import question_vector
from knowledge.models import EmbeddingSet
from knowledge.retrieval.lexical import MOST_LEXEMES, question_lexemes

LONGEST_QUESTION = 2000  # characters; what follows no longer changes what is asked
LONGEST_EARLIER = 400
SHARES = (0.2, 0.3)  # of their weight keep the words of the last two questions before it
OWN = 0.5  # share of the question's own vector beside that of all of them in one


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and at most two before it, oldest first, within bounds."""

    question: str
    earlier: tuple[str, ...] = ()

    @classmethod
    def of(cls, question: str, earlier: Sequence[str] = ()) -> "Asked":
        """Return what is asked, cut to what search reads of it."""
        before = (text[:LONGEST_EARLIER].strip() for text in earlier[-len(SHARES) :])
        return cls(question[:LONGEST_QUESTION].strip(), tuple(text for text in before if text))

    @property
    def has_words(self) -> bool:
        """Say whether there is anything to look for."""
        return any(map(str.isalnum, self.question))

    def lexemes(self, languages: Sequence[str]) -> dict[str, float]:
        """Return the distinct lexemes as each language stems them, with the share of weight they keep."""
        shares = dict.fromkeys(question_lexemes(self.question, languages), 1.0)
        for text, share in zip(reversed(self.earlier), reversed(SHARES), strict=False):
            for lexeme in question_lexemes(text, languages):
                shares.setdefault(lexeme, share)
        return dict(list(shares.items())[:MOST_LEXEMES])


def asked_vector(embedding_set: EmbeddingSet, asked: Asked) -> Vectors:
    """Return the vector of what is asked: of the question, turned halfway to that of the conversation.

    Raises:
        EmbedderUnavailable: The embedder did not answer.
        EmbedderMismatch: The configured embedder is not the model of the set.
    """
    vector = question_vector(embedding_set, asked.question)
    if asked.earlier:
        whole = question_vector(embedding_set, " ".join((*asked.earlier, asked.question)))
        vector = unit(OWN * vector + (1 - OWN) * whole)
    return vector
