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
    "ar": "لا لن لم ليس ليست لست غير بدون دون عدم ولا ولن ولم وليس وليست وغير وبدون ودون وعدم فلا بلا",
    "bg": "не няма нито без никога никой нищо",
    "ca": "no sense mai ningu res cap",
    "cs": "ne nelze nikdy nikdo nic bez zadny zadna zadne neni nejsou",
    "da": "ikke ingen intet aldrig uden hverken",
    "el": "δεν μη μην χωρις ποτε κανενας καμια κανενα τιποτα",
    "fa": "نه بدون نیست نیستند ندارد نباید",
    "fi": "ei en et emme ette eivat ala alkaa ilman",
    "he": "לא אין בלי ללא אף",
    "hu": "nem ne nincs nincsenek nelkul soha semmi",
    "id": "tidak bukan belum jangan tanpa tak",
    "no": "ikke ingen intet aldri uten verken",
    "pl": "nie bez nigdy nic nikt zaden zadna zadne zadnych brak",
    "ro": "nu fara niciun nicio niciodata nimic nimeni",
    "ru": "не нет ни нельзя без никогда никто ничего",
    "sk": "nie nemozno bez nikdy nikto nic ziadny ziadna ziadne",
    "sv": "inte ej ingen inget inga aldrig utan varken",
    "th": "ไม่ ห้าม มิได้ อย่า",
    "tr": "degil degildir degiliz degilsiniz degiller yok yoktur hayir olmadan",
    "uk": "не ні немає нема без ніколи ніхто нічого",
    "vi": "khong",
}
# Where no blanks part words, or a word denies by what it begins or ends with. What looks alike and denies
# nothing ("不仅" not only, "无线" wireless, "少ない" few, "nejlepší" the best) is left out.
_WITHIN = {
    "cs": r"\bne(?!bo\b|j|chat|del|mo[vr]|rv|ut|zn|co)\w{3,}",
    "fa": r"\bنمی\w*",
    "hi": r"(?<!\S)(?:नहीं|ना?|मत|बिना)(?![\w\u0900-\u0963])",
    "ja": r"(?<!しれ)ません|(?<![少しれ])ない|なけれ|(?<!だけで)なく|無(?![線料])|不(?!思議)|ず(?=に)",
    "ko": r"않|못|없|불가|불필요|(?<!뿐만 )아니|아닙|\b안\s?[되됩돼]|지\s?[마말]",
    "sk": r"\bne(?!bo|ch|del|rv|ut)\w{3,}",
    "th": r"ไม่(?!ว่า|เพียง)|ห้าม|มิได้|อย่า(?!ง)",
    "tr": r"\b\w{2,}m[ae](?:z\w{0,4}|y[iu]n\w*|dan)\b|\b\w{2,}m[iu]yor\w*",
    "zh": r"不(?![仅同错过断论管但只])|没|沒|[无無](?![线線论論料])|勿|未(?![来來])|非(?![常洲])",
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
    "ru": "запре закрыт исключ отсутств невозмож недоступ кроме только лишь",
    "pl": "zabron zakaz zamkni wyklucz wylacz nieczynn niemoz niedostep oprocz tylko wylacznie",
    "tr": "yasak kapali haric disinda yalnizca sadece imkansiz",
    "ar": "مغلق ممنوع محظور يحظر باستثناء فقط مستثن مستحيل يتعذر",
}
_SOFT_WITHIN = {
    "ja": "対象外|禁止|除[くき]|以外|休業|定休|のみ|限[りる]",
    "zh": "禁止|除外|除了|以外|只有|休息",
}
_OF_LANGUAGE = {language: frozenset(words.split()) for language, words in _DENIALS.items()}
_INSIDE = {language: re.compile(pattern) for language, pattern in _WITHIN.items()}
# For texts of a language that nobody names, without the words that affirm elsewhere (a French
# "personne", a Latin "ni").
_ANYWHERE = frozenset().union(
    *(_OF_LANGUAGE[language] for language in ("en", "de", "es", "fr", "it", "pt", "nl"))
) - {"personne", "ni", "ne", "nem", "noch"}
_SOFTLY = {
    language: re.compile(r"\b(?:" + "|".join(words.split()) + ")") for language, words in _SOFT.items()
} | {language: re.compile(pattern) for language, pattern in _SOFT_WITHIN.items()}
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
_NE = re.compile(r"ne\b|n'")
APART = 25  # characters between the two words of a French denial, at most
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# "not only ... but also" affirms, "no." before a number counts.
_AFFIRMING = re.compile(
    r"\b(?:not only|not to mention|no matter|no(?=\. ?\d)|nicht nur|no solo|sin embargo|sin duda|"
    r"non seulement|sans doute|bez (?:dodatkowych )?op.at|bez (?:dodatecnych )?poplat\w*|без доплат|"
    r"не позднее|не позже|nie pozniej|بدون رسوم)\b"
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
    found = [
        match.span()
        for match in _WORD.finditer(folded)
        if match.group().replace("'", "") in words or (language in ("fr", "it") and match[0].startswith("n'"))
    ]
    if language == "fr":
        found = _without_halves(folded, found)
    inside = _INSIDE.get(language)
    if inside is not None:
        found += [match.span() for match in inside.finditer(folded) if match.span() not in found]
    return sorted(found)


def _without_halves(folded: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out the "ne" of a French "ne … pas": the two deny once."""
    return [
        (start, end)
        for (start, end), after in zip(found, [*found[1:], (len(folded) + APART, 0)], strict=False)
        if not _NE.match(folded, start) or after[0] - end > APART
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
