"""Claims: sentences as they are compared, with their clauses, content words and facts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from knowledge.facts import (
    Date,
    Quantity,
    dates_in,
    denials_in,
    is_denial,
    names_in,
    proper_names,
    quantities_in,
    softly_denies,
)
from knowledge.lexemes import fold, lexemes, query_lexemes

_CONJUNCTIONS = {
    "en": "and|then|but|or|which|while|because|so that|if|when|unless|until|after that|before that",
    "de": "und|dann|aber|oder|sondern|weil|wenn|sodass|danach|anschließend",
    "es": "y|luego|pero|o|porque|si|cuando|después",
    "fr": "et|puis|mais|ou|parce que|si|quand|ensuite",
    "it": "e|poi|ma|o|perché|se|quando",
    "pt": "e|depois|mas|ou|porque|se|quando",
    "nl": "en|dan|maar|of|omdat|als|wanneer|daarna",
}
_MARKS = r"(?<!\d)[,:](?!\d)|,\s|[;()–—。，、；：]|\s-\s"
# The number of a step is no quantity: "do this: 1. Open it".
_STEP = re.compile(r"(?:^\s*|(?<=[:;,.])\s+|\n\s*|\b(?:and|or|und|y|et)\s+)\(?\d{1,2}(?:\)|\.(?=\s|$))")
_LETTERS = re.compile(r"[^\W_]+")
# What may not be another where a sentence is to be the passage's own: "€50", "< 5 kg", "-10 °C", "1.5".
_TELLING = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+|[€$£¥%°<>≤≥±=]|[-\u2013\u2212](?=[€$£¥]?\d)")
_HYPHENS = str.maketrans("\u2013\u2212", "--")
_COMPOUND = re.compile(r"[^\W_]+(?:[-/._@&+#][^\W_]+)+")
# How a sentence joins on to what was said before says nothing that a passage could bear out.
_OPENERS = {
    "en": (
        r"yes|no|also|additionally|moreover|furthermore|however|therefore|thus|hence|instead|similarly|overall|"
        r"finally|generally|in general|indeed|likewise|for (?:example|instance)|in (?:addition|short|summary|"
        r"other words|conclusion)|on the (?:one|other) hand|as a result|(?:this|that|it) means that|"
        r"according to (?:the|our|your) [\w-]+|(?:the|our) (?:documentation|documents?|sources?|passages?) "
        r"(?:says?|states?|mentions?) that|to (?:answer|summari[sz]e) \w+ \w+|based on the [\w ]{3,40}"
    ),
    "de": (
        r"ja|nein|auch|außerdem|zudem|darüber hinaus|jedoch|allerdings|daher|deshalb|somit|stattdessen|"
        r"schließlich|zum beispiel|beispielsweise|kurz gesagt|andererseits|einerseits|"
        r"das (?:heißt|bedeutet), dass|laut (?:der|dem|den) \w+"
    ),
    "es": (
        r"sí|no|también|además|asimismo|sin embargo|por (?:lo tanto|eso|ejemplo|otro lado)|"
        r"en (?:cambio|resumen|general)|finalmente|(?:esto|eso) significa que|según (?:la|el|los|las) \w+"
    ),
    "fr": (
        r"oui|non|aussi|de plus|en outre|cependant|toutefois|donc|ainsi|par (?:exemple|conséquent)|en résumé|"
        r"d'autre part|cela signifie que|selon (?:la|le|les) \w+"
    ),
    "it": r"sì|no|anche|inoltre|tuttavia|quindi|pertanto|ad esempio|in sintesi|ciò significa che",
    "pt": r"sim|não|também|além disso|no entanto|portanto|por exemplo|em resumo|isso significa que",
    "nl": r"ja|nee|ook|bovendien|echter|daarom|dus|bijvoorbeeld|kortom|dit betekent dat",
}
_OPENING = {
    language: re.compile(
        rf"^\W*(?:(?:{openers})(?:,\s+|(?<= that)\s+|(?<= dass)\s+|(?<= que)\s+))+", re.IGNORECASE
    )
    for language, openers in _OPENERS.items()
}
# They say little of their own, so that they may be missing: in English, where most models paraphrase.
_LIGHT_WORDS = (
    "use need get go make also please way thing follow provid includ allow help inform order ensur then next "
    "addit includ specif certain follow mean note refer regard relat howev depend want consid like exampl "
    "benutz verwend brauch mach geh bitt folgend"
)
CAPITAL_NOUNS = frozenset({"de", "lb"})
LIGHT = frozenset(_LIGHT_WORDS.split())
Word = frozenset[str]  # the lexemes one written word may be met by


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence; ``denies`` says whether it turns round what it says."""

    words: frozenset[Word]
    start: int
    end: int
    denies: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence, its place in its text, and all that is compared; ``plain`` is its words alone.

    ``exact`` is its words with the signs that change what it says.
    """

    text: str
    start: int
    end: int
    words: frozenset[Word]
    lexemes: frozenset[str]
    all_lexemes: str
    plain: str
    exact: str
    clauses: tuple[Clause, ...]
    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]
    codes: frozenset[str]
    names: frozenset[str]
    denials: int
    softly: bool

    def clause_at(self, place: int) -> Clause:
        """Return the clause that a place of the sentence is in."""
        return next((one for one in self.clauses if one.start <= place < one.end), self.clauses[-1])


def read(text: str, language: str, start: int = 0) -> Claim:
    """Read a sentence that begins at ``start`` of its text."""
    said = _without_opening(text, language)
    countable = _STEP.sub(lambda match: " " * len(match[0]), said)
    quantities, dates = quantities_in(countable, language), dates_in(said, language)
    bare = _blanked(said, [(one.start, one.end) for one in quantities] + [(d.start, d.end) for d in dates])
    clauses = tuple(_clauses(said, bare, language))
    return Claim(
        text=text,
        start=start,
        end=start + len(text),
        words=frozenset(word for clause in clauses for word in clause.words),
        lexemes=frozenset(lexeme for clause in clauses for word in clause.words for lexeme in word),
        plain=plain(text),
        exact=exact(text),
        all_lexemes=f" {' '.join(lexemes(text, language))} ",
        clauses=clauses,
        quantities=tuple(quantities),
        dates=tuple(dates),
        codes=names_in(text),
        names=_names(text, language),
        denials=len(denials_in(said, language)),
        softly=softly_denies(text, language),
    )


def _without_opening(text: str, language: str) -> str:
    """Return a sentence with blanks for "No, " or "On the other hand, ", so that places stay."""
    opening = _OPENING[language].match(text) if language in _OPENING else None
    return f"{' ' * opening.end()}{text[opening.end() :]}" if opening else text


def plain(text: str) -> str:
    """Return the words of a text and nothing else, for a literal comparison."""
    return " ".join(_LETTERS.findall(fold(text)))


def exact(text: str) -> str:
    """Return the words of a text with the signs that change what it says, for being the very same."""
    return " ".join(_TELLING.findall(fold(text).translate(_HYPHENS)))


def content(text: str, language: str) -> frozenset[Word]:
    """Return the content words of a text; numbers and denials are judged by themselves."""
    telling = {
        lexeme
        for lexeme in query_lexemes(text, language)
        if not is_denial(lexeme, language) and not any(map(str.isdigit, lexeme))
    }
    if not telling or telling <= stops(language):
        return frozenset()
    grouped = [frozenset(lexemes(match[0], language)) & telling for match in _COMPOUND.finditer(fold(text))]
    alone = telling.difference(*grouped)
    return frozenset({*(word for word in grouped if word), *(frozenset({lexeme}) for lexeme in alone)})


def _names(text: str, language: str) -> frozenset[str]:
    """Return the lexemes of a text's names; in German every noun has a capital, so none is a sign."""
    found = proper_names(text)
    if language in CAPITAL_NOUNS:
        found = frozenset(name for name in found if name.upper() in text and len(name) > 1)
    return frozenset(lexeme for name in found for lexeme in lexemes(name, language)) - stops(language)


@cache
def stops(language: str) -> frozenset[str]:
    """Return what is left of small words when nothing else is there."""
    words = "the a it is to of and i you der die das es ist und zu el la es de y le les un et est il lo e"
    return frozenset(lexeme for word in words.split() for lexeme in lexemes(word, language))


def _clauses(text: str, bare: str, language: str) -> Iterable[Clause]:
    cuts = [0]
    # A row speaks of one thing in all its cells.
    if not text.startswith("|"):
        words = _CONJUNCTIONS.get(language)
        pattern = rf"{_MARKS}|\b(?:{words})\b" if words else _MARKS
        cuts += [match.start() for match in re.finditer(pattern, text, re.IGNORECASE) if match.start() > 0]
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        part = text[start:end]
        yield Clause(content(bare[start:end], language), start, end, len(denials_in(part, language)) % 2 == 1)


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text
