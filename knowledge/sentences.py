"""Sentences: from a text to the spans of its sentences, and to how many words it has, in any language.

Chunking cuts along these spans and chat checks an answer sentence by sentence, so
both must agree on where a sentence ends. In doubt two sentences stay together: a
sentence too long is checked as a whole, a sentence cut in two loses its meaning.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]

# Latin and Greek marks need a space after them ("3.5", "example.com"); the full-width
# ones of Chinese and Japanese and the danda of Hindi do not. Closing quotes, brackets and
# citation marks belong to the sentence before them.
_CLOSERS = r"""["'»”’›)\]」』】）]*"""
_CITATIONS = r"(?:[ \t]?\[\d{1,3}\])*"
# Possessive, and never in the middle of a run: thousands of dots were looked at again from each of them.
_END = re.compile(
    rf"(?<![.!?…؟۔])[.!?…؟۔]++{_CLOSERS}{_CITATIONS}(?=\s|$)|[。！？｡।॥]+{_CLOSERS}{_CITATIONS}|\n"
)
_MARKER = re.compile(r"[(\[]?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4}|\d+(?:\.\d+)+)[.)\]]|[-*+•‣◦▪–]")
_LAST_WORD = re.compile(r"[^\W_][\w.]*\.$")
_NEXT = re.compile(r"[\s\"'«“„‘‹(\[¿¡]*(\S)")
_SPACE = re.compile(r"\S")

_ABBREVIATIONS = {
    "en": (
        "e.g i.e mr mrs ms dr prof st vs dept inc ltd jan feb mar apr jun jul aug sep sept oct nov dec cf"
    ),
    "de": (
        "z.b d.h u.a z.t i.d.r u.u bzw ggf evtl bspw inkl exkl zzgl dr prof hr fr sog vgl gem lt mind feb "
        "okt dez"
    ),
    "fr": "p.ex m mm mme mlle dr pr env janv févr juil déc",
    "es": "p.ej sr sra srta dr dra ud uds av ej dpto ene abr ago dic",
    "it": "p.es es sig sigg sig.ra dott prof gen mag giu lug ago set ott dic",
    "pt": "p.ex ex sr sra dr dra av fev abr mai ago set out dez",
    "nl": "bijv d.w.z o.a m.b.t i.v.m t.o.v dhr mevr dr incl excl evt mrt okt",
}
_EVERYWHERE = frozenset(_ABBREVIATIONS["en"].split())
_OF_LANGUAGE = {language: frozenset(words.split()) for language, words in _ABBREVIATIONS.items()}
# These are abbreviations before a number only: "see no. 5", but "The answer is no. Then ...".
_NUMBERED_THINGS = (
    "no nos nr nrn nrs n nº núm fig figs abb tab approx ca circa aprox env ext tel tél max min máx mín "
    "p pp pág págs pag pagg blz sec ch chap vol ed rev ver ref réf art abs cap kap ff ziff"
)
_BEFORE_NUMBERS = frozenset(_NUMBERED_THINGS.split())
# Where "3." is "third".
_ORDINALS = frozenset({"de", "da", "nb", "no", "fi", "cs", "hu", "pl", "sk", "sl", "hr", "et", "lv", "tr"})

# Written without spaces between words: Chinese and Japanese; Thai, Lao, Burmese and Khmer. For an English
# word stand 1.7 Chinese characters in the 240 paragraphs of XQuAD, and in Django's own messages 2.8 Japanese,
# 4.7 Thai and 5.2 Khmer ones; chunks (pieces.py) are weighed by the same two and four to a word.
_TWO_TO_A_WORD = (
    "\u2e80-\u2fdf\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_FOUR_TO_A_WORD = "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3"
_COUNTED = re.compile(
    rf"(?P<two>[{_TWO_TO_A_WORD}])|(?P<four>[{_FOUR_TO_A_WORD}])|[^\W{_TWO_TO_A_WORD}{_FOUR_TO_A_WORD}]+"
)
_COUNTS = {"two": 0.5, "four": 0.25, None: 1.0}
_STOPLESS = re.compile(f"[{_FOUR_TO_A_WORD}]")


def sentences(text: str, language: str = "en") -> list[Span]:
    """Return the spans of the sentences in ``text``, in order, without the white space around them."""
    return list(_trimmed(text, _boundaries(text, language)))


def word_count(text: str) -> float:
    """Return how many words a text has; in a script without spaces a character is a part of one."""
    return sum(map(_words_in, text.split()))


def has_stops(text: str) -> bool:
    """Say whether sentences end with a mark: in Thai and Lao none does, in Khmer and Burmese not all."""
    return not _STOPLESS.search(text)


def _words_in(run: str) -> float:
    """Return how many words stand between two spaces: one in a script with spaces, whatever it holds."""
    counted = [match.lastgroup for match in _COUNTED.finditer(run)]
    return sum(_COUNTS[script] for script in counted) if any(counted) else 1.0


def _boundaries(text: str, language: str) -> Iterator[int]:
    start = 0
    for match in _END.finditer(text):
        first = _SPACE.search(text, start)
        begin = first.start() if first else match.end()
        if match.group() == "\n" or not _goes_on(text, begin, match, language):
            yield match.end()
            start = match.end()
    yield len(text)


def _goes_on(text: str, start: int, match: re.Match[str], language: str) -> bool:
    """Whether the sentence that began at ``start`` does not end at ``match`` after all."""
    following = _NEXT.match(text, match.end())
    if following is None:
        return False
    if following.group(1).islower():
        return True
    if match.group() != ".":
        return False
    if _MARKER.fullmatch(text, start, match.end()):
        return True
    word = _LAST_WORD.search(text, max(start, match.end() - 16), match.end())
    if word and word.group()[:-1].isdecimal():
        return _is_ordinal(text[start : word.start()], word.group(), language)
    return word is not None and _is_abbreviation(word.group()[:-1], following.group(1), language)


def _is_abbreviation(word: str, following: str, language: str) -> bool:
    """Whether ``word`` with its full stop leads on to the character ``following``."""
    if len(word) == 1 and word.isalpha():
        return True
    lowered = word.lower()
    if lowered in _BEFORE_NUMBERS:
        return following.isdecimal()
    return lowered in _EVERYWHERE or lowered in _OF_LANGUAGE.get(language, ())


def _is_ordinal(before: str, number: str, language: str) -> bool:
    """Whether "3." is "third": not in "Abb. 3." nor, after a noun, in "auf Seite 3."."""
    if language not in _ORDINALS or len(number) > 3:
        return False
    words = before.split()
    if not words or words[-1].rstrip(".").lower() in _BEFORE_NUMBERS:
        return False
    return len(words) == 1 or not words[-1][0].isupper()


def _trimmed(text: str, ends: Iterator[int]) -> Iterator[Span]:
    start = 0
    for end in ends:
        piece = text[start:end]
        stripped = piece.strip()
        if stripped:
            begin = start + piece.index(stripped[0])
            yield begin, begin + len(stripped)
        start = end
