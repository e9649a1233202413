"""Denials: does a text deny something, and what?"""

import re

from knowledge.lexemes import fold

# Folded, apostrophes gone: "don't" is "dont", "ningún" is "ningun".
_DENIALS = {
    "en": (
        "not no never none nothing nobody neither nor cannot without unable dont doesnt didnt isnt arent "
        "wasnt werent hasnt havent hadnt wont cant couldnt wouldnt shouldnt mustnt neednt aint"
    ),
    "de": (
        "nicht kein keine keinen keiner keinem keines keinerlei nie niemals niemand ohne nichts weder "
        "nirgends"
    ),
    "es": "no nunca sin ningun ninguno ninguna nada tampoco jamas nadie ni",
    "fr": "ne pas jamais aucun aucune sans rien ni non personne",
    "it": "non mai senza nessun nessuno nessuna niente nulla ne neanche",
    "pt": "nao nunca sem nenhum nenhuma nada jamais ninguem nem",
    "nl": "niet geen nooit zonder niets niemand nergens noch",
}
# They deny, but do not turn another word round: "prohibited" says "not allowed".
_SOFT = {
    "en": (
        "non- prohibit forbid avoid refuse exclud except prevent fail lack stop declin deny denie unsupport "
        "unavail impossib disallow invalid void miss absent free rarely hardly seldom only unless less few "
        "little unlikely instead rather however although"
    ),
    "de": (
        "verbot untersag vermeid ausgeschloss ausgenommen verhinder unmoglich fehl ungultig nur selten kaum "
        "frei unzulassig"
    ),
    "es": "prohib evit exclu impid impos fall falt salvo excepto solo raramente",
    "fr": "interdi evit exclu empech impossib manqu sauf seul rarement",
    "it": "vietat evit esclu imped impossib manc salvo solo raramente",
    "pt": "proib evit exclu imped impossiv falt salvo apenas raramente",
    "nl": "verbod vermijd uitgeslot voorkom onmogelijk ontbre behalve alleen zelden",
}
_OF_LANGUAGE = {language: frozenset(words.split()) for language, words in _DENIALS.items()}
# For texts of a language that nobody names, without the words that affirm elsewhere (a French
# "personne", a Latin "ni").
_ANYWHERE = frozenset().union(*_OF_LANGUAGE.values()) - {"personne", "ni", "ne", "nem", "noch"}
_SOFTLY = {
    language: re.compile(r"\b(?:" + "|".join(words.split()) + ")") for language, words in _SOFT.items()
}
# "cannot" denies "can": what is left of both is the same.
_AFFIRMED = {
    "cannot": "can",
    "cant": "can",
    "wont": "will",
    "dont": "do",
    "doesnt": "does",
    "didnt": "did",
    "isnt": "is",
    "arent": "are",
    "wasnt": "was",
    "werent": "were",
    "hasnt": "has",
    "havent": "have",
    "couldnt": "could",
    "wouldnt": "would",
    "shouldnt": "should",
    "mustnt": "must",
}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# "not only ... but also" affirms, "no." before a number counts.
_AFFIRMING = re.compile(
    r"\b(?:not only|not to mention|no matter|no(?=\. ?\d)|nicht nur|no solo|sin embargo|sin duda|"
    r"non seulement|sans doute)\b"
)


def is_denial(word: str, language: str = "") -> bool:
    """Say whether a single word denies, in one language or, without any, in all."""
    return _folded(word) in _OF_LANGUAGE.get(language, _ANYWHERE)


def affirmed(word: str) -> str:
    """Return what a denying word denies ("can" for "cannot"), or an empty text."""
    return _AFFIRMED.get(_folded(word), "")


def denials_in(text: str, language: str = "") -> list[tuple[int, int]]:
    """Return the places of the denying words in the folded text."""
    folded = _AFFIRMING.sub(lambda match: "x" * len(match.group()), fold(text))
    words = _OF_LANGUAGE.get(language, _ANYWHERE)
    return [
        match.span()
        for match in _WORD.finditer(folded)
        if match.group().replace("'", "") in words or (language in ("fr", "it") and match[0].startswith("n'"))
    ]


def negates(text: str, language: str = "") -> bool:
    """Say whether a text denies something."""
    return bool(denials_in(text, language))


def softly_denies(text: str, language: str) -> bool:
    """Say whether a text speaks of what is forbidden, missing or left out, without a plain denial."""
    pattern = _SOFTLY.get(language)
    return pattern is not None and pattern.search(fold(text)) is not None


def _folded(word: str) -> str:
    return fold(word).replace("'", "")
