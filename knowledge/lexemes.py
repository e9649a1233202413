"""Lexemes: from a text to the normalised words that lexical search compares.

Documents and questions go through the same steps, so that they can meet: compatibility
forms and case are unified, diacritics folded, words stemmed, part numbers kept whole and
in parts, and scripts without spaces cut into pairs of characters. Diacritics go *before*
stemming: a customer who types "contrasena" must reach "contraseña".
"""

import re
import unicodedata
from collections.abc import Iterator
from threading import local

import Stemmer

MAX_LENGTH = 64
SHORTEST_CODE = 3  # letters and digits: "E42"; a letter with one digit, "R5", is one as well
LONGEST_YEAR = 4  # digits
YEARS = ("18", "19", "20")
MOST_LETTERS_OF_A_PART = 3  # where it is letters only
MOST_OF_A_PART = 8  # letters or digits that belong to one code though there is a blank between them
MOST_RUNS = 24

_ALGORITHMS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
_ELIDING = frozenset({"fr", "it", "ca"})

_STOP_WORDS = {
    "en": (
        "a an the and or but if of to in on at by for from with about as into is are was were be been am "
        "do does did have has had can could will would should shall may might must i me my we us our you "
        "your he him his she her it its they them their this that these those there here what which who "
        "whom whose when where why how not no so than then too very just please s t im ive dont doesnt "
        "cant whats id get any some"
    ),
    "de": (
        "der die das den dem des ein eine einen einem einer eines und oder aber wenn ob von zu zum zur in "
        "im an am auf bei fur mit uber als ist sind war waren sein bin bist hat habe haben hatte kann "
        "kannst konnen konnte wird werden wurde soll sollte muss mussen darf ich mich mir mein meine "
        "meinen meinem meiner wir uns unser unsere du dein sie ihr ihre er es man dies diese dieser "
        "dieses hier da was welche welcher welches wer wem wann wo warum wie nicht kein keine so auch nur "
        "noch bitte denn doch aus nach um"
    ),
    "es": (
        "el la los las un una unos unas lo y e o u pero si de del a al en por para con sobre como es son "
        "era fue ser esta estan estoy he ha han hay puedo puede pueden debo debe yo me mi mis nos nuestro "
        "tu tus te usted su sus se le les este esta esto estos estas ese esa eso aqui que cual cuales "
        "quien cuando donde porque no ni muy mas favor"
    ),
    "fr": (
        "le la les l un une des d de du et ou mais si a au aux en dans par pour avec sur comme est sont "
        "etait etre suis ai as avons avez ont peux peut pouvez dois doit je j me m mon ma mes nous notre "
        "nos tu ton ta tes te vous votre vos il elle on ils elles lui leur se s sa son ses ce cet cette "
        "ces c ici que qu quel quelle quels quelles qui quoi quand ou pourquoi comment ne n pas y t plait"
    ),
    "it": (
        "il lo la i gli le l un uno una un e ed o ma se di d a ad da in con su per tra fra del dello "
        "della dei degli delle dell al allo alla ai agli alle all dal dalla nel nella nei nelle nell sul "
        "sulla come e sono era essere ho ha hanno posso puo possono devo deve io mi mio mia miei mie noi "
        "ci nostro tu tuo tua ti si suo sua questo questa questi queste quello quella qui che quale quali "
        "chi quando dove perche non piu"
    ),
    "pt": (
        "o a os as um uma uns umas e ou mas se de do da dos das em no na nos nas por pelo pela para com "
        "sobre como e sao era foi ser estou esta estao tenho tem ha posso pode podem devo deve eu me meu "
        "minha meus minhas nos nosso nossa tu teu voce seu sua seus suas ele ela eles lhe este esta isto "
        "esse essa isso aqui que qual quais quem quando onde porque nao ao aos favor"
    ),
    "nl": (
        "de het een en of maar als van te tot in op aan bij voor met over door naar uit om is zijn was "
        "waren ben bent heb heeft hebben had kan kunnen kunt kon wordt worden zal zou moet moeten mag ik "
        "me mij mijn we wij ons onze je jij jouw u uw hij hem ze zij haar hun dit dat deze die hier er "
        "wat welke wie wanneer waar waarom hoe niet geen nog ook dan zo"
    ),
}
_STOPS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}
_ANY_STOPS = frozenset[str]().union(*_STOPS.values())

# Han, kana and hangul; then Thai, Lao, Myanmar and Khmer: written without spaces between words
# (Korean has spaces, but glues particles to its words, which pairs of syllables see through).
UNSPACED = "\u2e80-\u2fdf\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
UNSPACED += "\U00020000-\U0003ffff\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3"
# One class of characters, no choice between two: where both could match, a failing word was tried 2^n ways.
_WORD = rf"(?:(?![{UNSPACED}_\u0964\u0965])[\w\u0300-\u036f\u0900-\u0dff])+"
_TERM = re.compile(
    rf"(?P<unspaced>[{UNSPACED}]+)"
    rf"|(?P<compound>{_WORD}(?:[-/._@&+#]{_WORD})+)"
    rf"|(?P<elided>{_WORD}(?:'{_WORD})+)"
    rf"|(?P<word>{_WORD}(?:\+\+|\#)?)"
)
_PART = re.compile(_WORD)
_LETTERS_DIGITS = re.compile(r"([^\W\d_]+)(\d+)")
_APOSTROPHES = str.maketrans("’‘ʼ´`", "'''''")
# Letters that have no decomposition but that people type without their stroke.
_STROKES = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "þ": "th"})
# Latin, Greek, Arabic (with the stroke that only stretches a word) and Hebrew marks; not those of Indic
# scripts, which are vowels.
_MARKS = re.compile(
    "(?<!\u0438)[\u0300-\u036f]|(?<=\u0438)[\u0300-\u0305\u0307-\u036f]|[\u0640\u064b-\u065f\u0670\u0591-\u05c7]"
)


class _Stemmers(local):
    """Stemmers of one thread: they keep a cache and must not be shared."""

    def __init__(self) -> None:
        self._by_algorithm: dict[str, Stemmer.Stemmer] = {}

    def stem(self, word: str, language: str) -> str:
        algorithm = _ALGORITHMS.get(language)
        if algorithm is None or any(character.isdigit() for character in word):
            return word
        if algorithm not in self._by_algorithm:
            self._by_algorithm[algorithm] = Stemmer.Stemmer(algorithm)
        # The Arabic stemmer leaves nothing of some short words.
        return str(self._by_algorithm[algorithm].stemWord(word)) or word


_stemmers = _Stemmers()


def lexemes(text: str, language: str) -> list[str]:
    """Return the lexemes of ``text`` in order, repeats kept; at most 64 characters each."""
    return [lexeme for _, found in _terms(text, language) for lexeme in found]


def query_lexemes(text: str, language: str, spoken: str = "") -> list[str]:
    """Return the lexemes of a question without stop words, unless it has nothing else."""
    return [lexeme for _, found in query_terms(text, language, spoken) for lexeme in found]


def query_terms(text: str, language: str, spoken: str = "") -> list[tuple[str, list[str]]]:
    """Return the telling words of a question, folded, with their lexemes; all if it has nothing else.

    Args:
        text: The question.
        language: As which it is stemmed.
        spoken: The language it is in, if another: "the" is no rare word in German documents.
    """
    terms = list(_terms(text, language))
    stops = _STOPS.get(language, frozenset()) | _STOPS.get(spoken, frozenset())
    return [term for term in terms if term[0] not in stops] or terms


def is_stop(word: str) -> bool:
    """Say whether a word says little in one of the languages whose stop words we know."""
    return fold(word) in _ANY_STOPS


def _terms(text: str, language: str) -> Iterator[tuple[str, list[str]]]:
    """Yield every written word, folded, with the lexemes it stands for."""
    for match in _TERM.finditer(fold(text)):
        word = match.group()
        match match.lastgroup:
            case "unspaced":
                yield word, _pairs(word)
            case "compound":
                yield word, list(_compound(word, language))
            case "elided":
                yield from _elided(word, language)
            case _:
                yield word, list(_simple(word, language))


def codes(text: str) -> list[str]:
    """Return the spellings of the part numbers, error codes and the like in a text: as written and joined.

    A code has a digit and three characters at least, or is one letter with one digit ("R5"); a number of
    up to three digits, or one that may be a year, is none.
    """
    found = [spelling for word in _spaced_words(text) for spelling in (word, "".join(_PART.findall(word)))]
    return [code for code in dict.fromkeys(found) if _is_code(code)]


def codes_with_blanks(text: str) -> list[str]:
    """Return what may be a code with blanks for hyphens or dots ("SN A9FP 448U"), joined; much is none."""
    joined = ["".join(_PART.findall(word)) for word in _spaced_words(text)]
    runs = (
        joined[first : first + count]
        for count in (2, 3)
        for first in range(len(joined) - count + 1)
        if any(part[:1].isdigit() or part[-1:].isdigit() for part in joined[first + 1 : first + count])
    )
    spelled = ("".join(run) for run in runs if all(map(_may_be_part, run)))
    long = (code for code in dict.fromkeys(spelled) if len(code) >= SHORTEST_CODE)
    return [code for code in long if _is_code(code)][:MOST_RUNS]


def _may_be_part(word: str) -> bool:
    """Say whether a word may be a part of a code; "Claude 3" and "Windows 11" are names and numbers."""
    return len(word) <= (MOST_LETTERS_OF_A_PART if word.isalpha() else MOST_OF_A_PART)


def _spaced_words(text: str) -> list[str]:
    return [match.group() for match in _TERM.finditer(fold(text)) if match.lastgroup != "unspaced"]


def _is_code(word: str) -> bool:
    bare = "".join(_PART.findall(word))
    if not any(map(str.isdigit, bare)) or len(word) > MAX_LENGTH:
        return False
    if len(bare) < SHORTEST_CODE:
        return len(bare) > 1 and bare[0].isalpha()
    return (
        not bare.isdigit() or len(bare) > LONGEST_YEAR or not (len(bare) < LONGEST_YEAR or bare[:2] in YEARS)
    )


def fold(text: str) -> str:
    """Unify case, compatibility forms, digits and apostrophes, and drop diacritics."""
    text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold()
    if text.isascii():
        return text
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text)).translate(_STROKES)
    return "".join(map(_digit, unicodedata.normalize("NFC", bare)))


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _simple(word: str, language: str) -> Iterator[str]:
    yield _stemmers.stem(word, language)[:MAX_LENGTH]
    code = _LETTERS_DIGITS.fullmatch(word)
    if code and len(word) <= MAX_LENGTH:
        yield from code.groups()


def _compound(word: str, language: str) -> Iterator[str]:
    """Yield a part number or compound whole, joined, and in its parts."""
    parts = _PART.findall(word)
    if len(word) <= MAX_LENGTH:
        yield word
        # "3.5" is not 35 and example.com is not one word; E-42 is E42, e-mail email, 93.753.838 one number.
        is_number = len(parts) > 2 and all(map(str.isdigit, parts))
        if is_number or ("." not in word and "@" not in word):
            yield _stemmers.stem("".join(parts), language)
    for part in parts:
        yield _stemmers.stem(part, language)[:MAX_LENGTH]


def _elided(word: str, language: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the two words of "l'eau", the one word of "don't", the owner of "Ada's"."""
    if language in _ELIDING:
        for part in word.split("'"):
            yield part, list(_simple(part, language))
        return
    joined = word.removesuffix("'s").replace("'", "")
    yield joined, list(_simple(joined, language))


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(max(len(run) - 1, 1))]
