"""Asked: a question together with those before it, as search reads it.

A follow-up leans on what was said before it, but nobody can tell by its form alone: "what about returns?"
does, "how much is shipping?" may. So the earlier questions always count, and always less. On 141
questions of people in conversations that gave an nDCG@10 of .915, where the last question
alone gave .855 and the last three joined .854 (docs/evaluation.md).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from types import MappingProxyType

from knowledge.embedding import Vectors, knows, unit
from knowledge.embedding.asking import question_vector
from knowledge.embedding.sets import verified
from knowledge.language import detect
from knowledge.leaning import says_little
from knowledge.lexemes import fold, query_terms
from knowledge.models import EmbeddingSet
from knowledge.retrieval.lexical import MOST_LEXEMES, question_words

_LETTERS = re.compile(r"[^\W\d_]+")
LONGEST_QUESTION = 2000  # characters; what follows no longer changes what is asked
LONGEST_EARLIER = 400
SHARES = (0.2, 0.3)  # of their weight keep the words of the last two questions before it
OWN = 0.5  # share of the question's own vector beside that of all of them in one
# For a question that says little by itself ("do I need the box for that?"). On MTRAG nDCG@10 is .9146 with it
# and without, AUROC of what nothing answers .888 for .873.
LEANING_SHARES = (0.4, 0.6)
LEANING_OWN = 0.3


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
    def leans(self) -> bool:
        """Say whether it can hardly be understood without the questions before it."""
        return bool(self.earlier) and says_little(self.question, detect(self.question))

    @property
    def has_words(self) -> bool:
        """Say whether there is anything to look for."""
        return any(map(str.isalnum, self.question))

    def words(self, languages: Sequence[str]) -> dict[tuple[str, ...], float]:
        """Return the distinct words as the languages stem them, with the share of weight they keep.

        The first language is the question's own. At most ``MOST_LEXEMES`` in all languages.
        """
        shares = dict.fromkeys(question_words(self.question, languages), 1.0)
        kept = LEANING_SHARES if self.leans else SHARES
        for text, share in zip(reversed(self.earlier), reversed(kept), strict=False):
            for word in question_words(text, languages):
                shares.setdefault(word, share)
        counts = accumulate(map(len, shares))
        return {
            word: shares[word] for word, count in zip(shares, counts, strict=True) if count <= MOST_LEXEMES
        }

    def respelt(self, meant: Mapping[str, Sequence[str]], is_word: Callable[[str], bool]) -> "Asked":
        """Return it with the stems that its misspelt words were probably meant for; codes stay as they are.

        Args:
            meant: The likeliest stems first, by the stem of a misspelt word.
            is_word: Says that a word which no document holds is one none the less.
        """
        if not any(meant.values()):
            return self
        stems = (
            (word, meant.get(found[0], ()) if len(found) == 1 else ())
            for word, found in query_terms(self.question, detect(self.question))
        )
        put = {word: likely[0] for word, likely in stems if likely and not any(map(str.isdigit, word))}

        def spelt(one: re.Match[str]) -> str:
            stem = put.get(fold(one[0]))
            return one[0] if stem is None or is_word(one[0]) else stem

        return replace(self, question=_LETTERS.sub(spelt, self.question))


def asked_vector(
    embedding_set: EmbeddingSet, asked: Asked, meant: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Vectors:
    """Return the vector of what is asked: of the question, turned halfway to that of the conversation.

    A misspelt word is in pieces for the model: "How mutch is delivary?" has a cosine of .74 with its answer,
    with the stems of what was meant .87. Both spellings count alike, for what looks misspelt may be a name. A
    word in one piece ("expensive", where nothing says so) is none that the model would misread.

    Raises:
        EmbedderUnavailable: The embedder did not answer.
        EmbedderMismatch: The configured embedder is not the model of the set.
    """
    respelt = asked.respelt(meant, partial(knows, verified(embedding_set)))
    if respelt.question == asked.question:
        return _vector(embedding_set, asked)
    return unit(_vector(embedding_set, asked) + _vector(embedding_set, respelt))


def _vector(embedding_set: EmbeddingSet, asked: Asked) -> Vectors:
    vector = question_vector(embedding_set, asked.question)
    if asked.earlier:
        whole = question_vector(embedding_set, " ".join((*asked.earlier, asked.question)))
        own = LEANING_OWN if asked.leans else OWN
        vector = unit(own * vector + (1 - own) * whole)
    return vector
