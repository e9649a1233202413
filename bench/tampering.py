"""Tampering: the rules by which a true sentence is reworded, or turned into a lie."""

import re

REWORDED = (
    (r"\bdo not\b", "don't"),
    (r"\bcannot\b", "can't"),
    (r"\bis not\b", "isn't"),
    (r"\bneed to\b", "have to"),
    (r"\bmust\b", "have to"),
    (r"\bselect\b", "choose"),
    (r"\bSelect\b", "Choose"),
    (r"\bFor example\b", "For instance"),
    (r"\bbecause\b", "since"),
    (r"\bHowever, ", ""),
    (r"\bsuch as\b", "like"),
    (r"\ballows you to\b", "lets you"),
    (r"\bin order to\b", "to"),
    (r"\bseveral\b", "some"),
    (r"\bbegin\b", "start"),
    (r"\blarge\b", "big"),
    (r"\bpurchase\b", "buy"),
    (r"\bjedoch\b", "aber"),
    (r"\bund\b", "sowie"),
    (r"\bsin embargo\b", "pero"),
    (r"\btambién\b", "además"),
    (r"\balso\b", "as well"),
    (r"\bshow\b", "display"),
    (r"\bYou can\b", "It is possible to"),
    (r"\bapproximately\b", "about"),
    (r"\bmany\b", "numerous"),
)
FRONTED = re.compile(r"^(If|When|To|In|On|After|Wenn|Um|In|Nach|En|Si|Cuando) ([^,]{8,60}), (.+?)([.!])$")
ENDING = re.compile(r"\s\([^)]{3,60}\)(?=[\s.,])")
NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])")
_HELPERS = "do|does|did|is|are|was|were|can|could|would|should|will|must"
DENIED = {
    "en": (
        (rf"\b({_HELPERS}) ?n[o']t\b", r"\1"),
        (r"\bcannot\b", "can"),
        (r"\bcan't\b", "can"),
        (r"\bwon't\b", "will"),
        (r"n't\b", ""),
    ),
    "de": ((r"\bnicht ", ""), (r"\bkein(e|en|er|em)?\b", r"ein\1")),
    "es": ((r"\bno ", ""), (r"\bsin\b", "con")),
}
AFFIRMED = {
    "en": (r"\b(is|are|was|were|can|could|would|should|will|must|may)\b(?! not| only|n't)", r"\1 not"),
    "de": (r"\b(ist|sind|wird|werden|kann|können|war|waren|wurde|wurden|hat)\b(?! nicht)", r"\1 nicht"),
    "es": (r"\b(es|son|puede|pueden|está|fue|fueron|tiene|era)\b", r"no \1"),
}
STEPS = {
    "en": (
        "then press the reset button",
        "then restart the device",
        "and call the hotline to confirm it",
        "then enter your customer number on the next page",
        "after that, remove the battery for a minute",
        "and send the form to the nearest branch",
        "then wait for the green lamp to blink",
        "and pay the fee at the counter",
        "then clear the cache of your browser",
        "and sign the delivery note twice",
    ),
    "de": (
        "und drücken Sie dann die Rücksetztaste",
        "danach starten Sie das Gerät neu",
        "und rufen Sie zur Bestätigung die Hotline an",
        "dann schicken Sie das Formular an die Filiale",
    ),
    "es": (
        "luego pulse el botón de reinicio",
        "y llame a la línea de atención para confirmarlo",
        "después envíe el formulario a la sucursal",
        "luego reinicie el aparato",
    ),
}


def reworded(sentence: str) -> str | None:
    """Return a light paraphrase: other small words, the condition at the end, an aside left out."""
    told = sentence
    for pattern, words in REWORDED:
        told = re.sub(pattern, words, told, count=1)
    told = ENDING.sub("", told)
    fronted = FRONTED.match(told)
    if fronted:
        first, condition, rest, stop = fronted.groups()
        told = f"{rest[0].upper()}{rest[1:]} {first.lower()} {condition}{stop}"
    return told if told != sentence else None
