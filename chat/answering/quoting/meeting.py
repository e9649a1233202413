"""Meeting: how well a part of a passage meets a question, by its rare words and the kind of answer."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chat.answering.quoting.parts import Kind, Part
from knowledge.facts import dates_in, negates, proper_names, quantities_in
from knowledge.lexemes import codes, fold, lexemes, query_lexemes
from knowledge.passages import Passage

_AMOUNTS = re.compile(
    r"\bhow (?:much|many|long|old|far|often|big|fast|high|large|tall)\b"
    r"|\bwhat (?:year|time|price|percent\w*|number)\b"
    r"|\bwhat is the (?:price|cost|fee|limit|maximum|minimum)\b"
    r"|\bwie ?(?:viel\w*|lange|oft|weit|alt|hoch|gross|schnell)\b|\bwelche[ms] jahr\b"
    r"|\bcuant[oa]s?\b|\bque (?:ano|porcentaje|precio|numero)\b|\bcombien\b"
    r"|\bquant[oaie]\b|\bquantos\b|\bhoeveel\b|\bhoe lang\b"
)
_TIMES = re.compile(r"\b(?:when|wann|cuando|quand|quando|wanneer)\b")
_NAMES = re.compile(
    r"\b(?:who|whom|whose|where|wer|wem|wen|wo|quien|quienes|donde|qui|ou|chi|dove|quem|onde)\b"
)
_WAYS = re.compile(
    r"\bhow (?:do|can|to|should|would|does)\b|\bwie (?:kann|mache?|setze?|stelle?|richte?)\b"
    r"|\bcomo\b|\bcomment\b|\bsteps?\b|\bschritte?\b|\bpasos?\b|\bcome (?:posso|si)\b|\bhoe (?:kan|moet)\b"
)
# What a code stands for is wanted where something says or shows it, and where nothing else is asked.
_MEANINGS = re.compile(
    r"\b(?:mean\w*|says?|shows?|showing|display\w*|errors?|codes?|blink\w*|bedeut\w*|heisst|zeigt|meldet|"
    r"fehler\w*|signific\w*|muestra|codigo|dice|signifie\w*|affiche|erreurs?|vuol dire|mostra|errore|"
    r"erro|betekent|toont|fout\w*)\b"
)
FEW_WORDS = 3
AMOUNT = 0.35  # of the weight of all of a question's words, for a part with the kind of thing it asks for
WAY = 0.3
NAME = 0.15
# What numbers a clause or a step: "4.3 The", "(2) ", "3. ".
_NUMBERED = re.compile(r"\s*§?\s*\(?\d{1,3}(?:(?:\.\d{1,3})+[.)]?|[.)])(?=\s)")
_ARTICLE = re.compile(r"\sA\s+[a-z]")  # "4.6 A repair is free": no amperes
LINE_START = 14  # characters of a line in which a code that it explains stands
MEANS = 4.0  # for a part in another language that means the same as the question; usual are 1 to 2
DEFINES = 0.3  # for a line that begins with a code of the question: it says what that is


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as parts are held against it: its words with their weights, and what it asks for.

    ``nearness`` says of parts in another language how near their meaning is to it, 0 to 1.
    """

    weights: dict[str, float]
    codes: frozenset[str]
    wants_amount: bool
    wants_name: bool
    wants_way: bool
    wants_meaning: bool
    nearness: Mapping[str, float]

    @property
    def total(self) -> float:
        """Return the weight of all its words."""
        return sum(self.weights.values()) or 1.0


def read(question: str, language: str, passages: Sequence[Passage], nearness: Mapping[str, float]) -> Asked:
    """Read a question; a word that few of the passages' paragraphs hold weighs most."""
    folded = fold(question)
    texts = [set(lexemes(part, one.language)) for one in passages for part in one.text.split("\n")]
    wanted = {
        lexeme
        for code in {language, *(one.language for one in passages)}
        for lexeme in query_lexemes(question, code, language)
    }
    weights = {
        lexeme: math.log(1 + (len(texts) + 1) / (0.5 + sum(lexeme in text for text in texts)))
        for lexeme in wanted
        if any(lexeme in text for text in texts)
    }
    return Asked(
        weights=_codes_once(weights, question, language),
        codes=frozenset(codes(question)),
        wants_amount=bool(_AMOUNTS.search(folded) or _TIMES.search(folded)),
        wants_name=bool(_NAMES.search(folded)),
        wants_way=bool(_WAYS.search(folded)),
        wants_meaning=bool(_MEANINGS.search(folded)) or len(folded.split()) <= FEW_WORDS,
        nearness=nearness,
    )


def _codes_once(weights: dict[str, float], question: str, language: str) -> dict[str, float]:
    """Let the spellings and the parts of a code weigh as much as one word together."""
    seen: set[str] = set()
    for code in codes(question):
        if code not in seen:
            spelled = set(lexemes(code, language))
            present = weights.keys() & spelled
            weights = weights | {one: weights[one] / len(present) for one in present}
            seen |= spelled
    return weights


def met(asked: Asked, text: str, language: str) -> frozenset[str]:
    """Return which of a question's words stand in a text."""
    return frozenset(asked.weights.keys() & set(lexemes(text, language)))


def weight(asked: Asked, words: Iterable[str]) -> float:
    """Return how much words weigh, as a share of the whole question."""
    return sum(asked.weights[word] for word in words) / asked.total


def score(asked: Asked, part: Part, language: str, above: frozenset[str] = frozenset()) -> float:
    """Return how well a part meets a question; about 1 when it holds all of its words.

    ``above`` are words of the question that stand in the one it answers, of a Q&A row.
    """
    if part.kind is Kind.HEADING:
        return 0.0
    gained = weight(asked, met(asked, part.text, language) | above)
    gained += MEANS * asked.nearness.get(part.text, 0.0)
    if part.kind is Kind.LIST and asked.wants_way:
        gained += WAY
    if not gained:
        return 0.0
    if asked.wants_amount and holds_amount(part.text, language):
        gained += AMOUNT
    if asked.wants_name and proper_names(part.text):
        gained += NAME
    if defines(asked, part):
        gained += DEFINES
    # A denial answers a question that did not ask for one less often than it answers it.
    return gained - 0.02 * negates(part.text, language)


def defines(asked: Asked, part: Part) -> bool:
    """Say whether a line of a part begins with a code of the question, and so says what that is."""
    lines = part.text.split("\n") if asked.codes and asked.wants_meaning else ()
    return any(asked.codes & set(codes(line[:LINE_START])) for line in lines)


def holds_amount(text: str, language: str) -> bool:
    """Say whether a text says how much or when; the number of a clause or a step does not."""
    numbered = _NUMBERED.match(text)
    after = numbered.end() if numbered else 0
    is_clause = numbered is not None and _ARTICLE.match(text, after) is not None
    amounts = (
        one
        for one in quantities_in(text, language)
        if one.start >= after or (one.family != "count" and not is_clause)
    )
    return any(amounts) or bool(dates_in(text[after:], language))
