"""Support: is a sentence borne out by the passage it cites?

A first, lexical judge: every number of the sentence must stand in the passage, most of
its content words must, and it must not deny what the passage affirms. Meaning across
languages is not judged here; there, numbers and the model's own mark have to do.
"""

import re
from collections.abc import Iterable

from knowledge.lexemes import query_lexemes
from knowledge.passages import Passage

ENOUGH = 0.7  # share of the sentence's content lexemes that stand in the passage
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
NEGATIONS = frozenset(
    "not no never none cannot without don't doesn't isn't aren't won't can't "
    "nicht kein keine keinen nie niemals ohne no nunca sin ningún ninguna".split()
)


def numbers_in(text: str) -> set[str]:
    """Return the numbers of a text, thousands and decimal marks unified."""
    return {re.sub(r"[.,](?=\d{3}\b)", "", number).replace(",", ".") for number in NUMBER.findall(text)}


def is_supported(sentence: str, passage: Passage, language: str) -> bool:
    """Say whether a passage bears a sentence out; ``language`` is the sentence's."""
    source = " ".join((passage.title, *passage.heading_path, passage.text))
    if not numbers_in(sentence) <= numbers_in(source):
        return False
    if language != passage.language:
        return True
    if coverage(sentence, source, language) < ENOUGH:
        return False
    return negates(sentence) <= negates(source)


def coverage(sentence: str, source: str, language: str) -> float:
    """Return the share of a sentence's content words that occur in the source; 1 for none.

    Numbers are left out: they are judged by themselves, in whatever way they are written.
    """
    wanted = {lexeme for lexeme in query_lexemes(sentence, language) if not any(map(str.isdigit, lexeme))}
    return len(wanted & set(query_lexemes(source, language))) / len(wanted) if wanted else 1.0


def negates(text: str) -> bool:
    """Say whether a text holds a negation."""
    return not NEGATIONS.isdisjoint(re.findall(r"[\w']+", text.casefold().replace("’", "'")))


def supporting(
    sentence: str, marked: Iterable[Passage], others: Iterable[Passage], language: str
) -> Passage | None:
    """Return the passage that supports a sentence: a marked one, else any other in its language."""
    for passage in marked:
        if is_supported(sentence, passage, language):
            return passage
    for passage in others:
        if passage.language == language and is_supported(sentence, passage, language):
            return passage
    return None
