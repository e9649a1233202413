"""Sub-questions: what one message asks, each to be searched, decided and answered by itself.

Search looks for what a text says as a whole, and the nearest passage to "How long is the warranty? Do you
deliver to Ireland?" holds neither. A message is parted between sentences that end with a question mark, and
within one before "and how …" where both halves say enough. Without a model: nothing is reworded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chat.answering.citing import without_brackets
from chat.answering.talk import recognise
from chat.markdown import verbatim_line
from knowledge.leaning import points, says_little
from knowledge.lexemes import is_stop, query_terms
from knowledge.sentences import sentences

MOST = 5  # in one message; who asks more is searched for as before, all at once
LONGEST_ASKED = 200  # characters of a question that are shown above its answer
ENOUGH = 2  # words that tell something, of a question that can be searched for by itself
_MARK = re.compile(r"[?？؟][\s\"'”»)]*$")
_ASKED = re.compile(r"(?<=[?？؟])\s+")  # whatever follows: customers write "? do you" as well
_SUBJECT = r"(?:I|you|we|they|there|the|an?|my|your|our)\b"
_TO = r"(?:in|to|for|from|on|at|by|with|of)"
_DO = r"(?:do|does|did|is|are|can|could|will|would|should|may)"
# A word that begins a question; "does not blink" goes on with the one before.
_ASKING = {
    "en": rf"(?:{_TO}\s)?(?:how|what|whom?|whose|why)\s|(?:when|where|(?:{_TO}\s)?which\s\w+)\s{_DO}\b"
    rf"|{_DO}\s{_SUBJECT}",
    "de": r"(?:wie|was|warum|wieso|wann|wo|woher|wohin|welche\w?|wer)\s|\w+\s(?:ich|man|Sie|wir)\b",
    "es": r"¿|(?:cómo|qué|cuánt\w+|cuándo|dónde|por qué|quién|cuál\w*|puedo|se puede)\s",
    "fr": r"(?:comment|combien|quand|où|pourquoi|quels?|quelles?|est-ce|puis-je|peut-on)\s",
    "it": r"(?:come|quant\w|quando|dove|perché|qual[ei]|posso|si può|cosa|che cosa)\s",
    "pt": r"(?:como|quant\w+|quando|onde|por que|qual|quais|posso|o que)\s",
    "nl": r"(?:hoe|wat|waarom|wanneer|waar|welke?|kan ik|kunnen)\s",
}
_AND = {
    "en": r"and(?: also)?",
    "de": r"und(?: auch)?",
    "es": r"y(?: también)?",
    "fr": r"et(?: aussi)?",
    "it": r"e(?: anche)?",
    "pt": r"e(?: também)?",
    "nl": r"en(?: ook)?",
}
_BETWEEN = {
    language: re.compile(rf"[,;]?\s+{_AND[language]}\s+(?={asking})", re.IGNORECASE)
    for language, asking in _ASKING.items()
}
_BEGINS = {
    language: re.compile(rf"(?:^|\s)(?:{asking})", re.IGNORECASE) for language, asking in _ASKING.items()
}
_JOINING = re.compile(r"^\W*(?:and|also|und|auch|y|et|e|en|ook)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subquestion:
    """One question of a message: what is searched for, with the sentences around it, and what was asked."""

    text: str
    asked: str

    @property
    def leans(self) -> bool:
        """Say whether it points to what was asked before it; another question's words would mislead."""
        return points(_JOINING.sub("", self.asked))

    def with_more(self, told: str) -> "Subquestion":
        """Return the same question with what was told behind it."""
        return replace(self, text=f"{self.text} {told}")


def subquestions(message: str, language: str) -> tuple[Subquestion, ...]:
    """Return the questions of a message, the message itself where it asks one thing or too many."""
    found: list[Subquestion] = []
    told = ""
    for piece in _pieces(message, language):
        told = f"{told} {piece}".strip()
        if not _asks(piece):
            continue
        if _stands(piece, language):
            found.append(Subquestion(told, piece))
        elif found:
            found[-1] = found[-1].with_more(told)
        else:
            continue  # "Can you help me?" belongs to what comes
        told = ""
    if found and told:
        found[-1] = found[-1].with_more(told)
    return tuple(found) if 1 < len(found) <= MOST else (Subquestion(message, message),)


def shown(subquestion: Subquestion) -> str:
    """Return a question as the answer repeats it: one short line, without "And" or marks of its own."""
    asked = without_brackets(_JOINING.sub("", " ".join(subquestion.asked.split())))
    asked = f"{asked[:1].upper()}{asked[1:]}"
    short = asked if len(asked) <= LONGEST_ASKED else f"{asked[: LONGEST_ASKED - 1].rstrip()}…"
    return verbatim_line(short)


def _pieces(message: str, language: str) -> Iterator[str]:
    """Yield the sentences of a message, those that ask two things in two."""
    for start, end in sentences(message, language):
        for sentence in _ASKED.split(message[start:end]):
            yield from _halves(sentence, language)


def _halves(sentence: str, language: str) -> Iterator[str]:
    between = _BETWEEN.get(language)
    for found in between.finditer(sentence) if between and _asks(sentence) else ():
        before, after = sentence[: found.start()], sentence[found.end() :]
        if _is_whole(before, language) and _is_whole(after, language) and not points(after):
            yield f"{before}?"
            yield from _halves(after, language)
            return
    yield sentence


def _is_whole(half: str, language: str) -> bool:
    """Say whether half a sentence asks something of its own."""
    return _BEGINS[language].search(half) is not None and telling(half, language) >= ENOUGH


def _asks(sentence: str) -> bool:
    return _MARK.search(sentence) is not None


def _stands(question: str, language: str) -> bool:
    """Say whether a question can be searched for by itself, or with those before it."""
    bare = _JOINING.sub("", question)
    if recognise(bare) is not None:
        return False
    return telling(bare, language) >= (ENOUGH if says_little(bare, language) else 1)


def telling(text: str, language: str) -> int:
    """Return how many words of a text tell something."""
    return sum(not is_stop(word) for word, _ in query_terms(text, language))
