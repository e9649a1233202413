"""Values: from a written number to one spelling, whatever the country.

"1.299,50", "1,299.50", "1 299,50" and "1'299.5" are 1299.5. One mark before exactly three
digits parts thousands ("1.299"), unless the number begins with 0 ("0.125").
"""

import re

NUMBER = r"\d+(?:[.,:]\d+|['’\u00a0\u202f ]\d{3}(?!\d))*"
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2}|[.,]\d{4,})?")
_DECIMAL = re.compile(r"(\d+)[.,](\d+)")

_COUNTED = {
    1: "one ein eine einen einem einer eins un una une uno um uma een één",
    2: "two zwei dos deux due dois duas twee twice zweimal",
    3: "three drei tres trois tre três drie",
    4: "four vier cuatro quatre quattro quatro",
    5: "five fünf cinco cinq cinque vijf",
    6: "six sechs seis sei zes",
    7: "seven sieben siete sept sette sete zeven",
    8: "eight acht ocho huit otto oito",
    9: "nine neun nueve neuf nove negen",
    10: "ten zehn diez dix dieci dez tien",
    11: "eleven elf once onze undici",
    12: "twelve zwölf doce douze dodici doze twaalf",
    13: "thirteen dreizehn trece treize tredici treze dertien",
    14: "fourteen vierzehn catorce quatorze quattordici catorze veertien",
    15: "fifteen fünfzehn quince quinze quindici vijftien",
    16: "sixteen sechzehn dieciséis seize sedici dezesseis zestien",
    17: "seventeen siebzehn diecisiete dix-sept diciassette dezessete zeventien",
    18: "eighteen achtzehn dieciocho dix-huit diciotto dezoito achttien",
    19: "nineteen neunzehn diecinueve dix-neuf diciannove dezenove negentien",
    20: "twenty zwanzig veinte vingt venti vinte twintig",
    24: "vierundzwanzig veinticuatro vingt-quatre ventiquattro",
    30: "thirty dreißig treinta trente trenta trinta dertig",
    40: "forty vierzig cuarenta quarante quaranta quarenta veertig",
    45: "fünfundvierzig",
    48: "achtundvierzig",
    50: "fifty fünfzig cincuenta cinquante cinquanta cinquenta vijftig",
    60: "sixty sechzig sesenta soixante sessanta sessenta zestig",
    70: "seventy siebzig setenta soixante-dix settanta zeventig",
    80: "eighty achtzig ochenta quatre-vingts ottanta oitenta tachtig",
    90: "ninety neunzig noventa novanta negentig",
    100: "hundred hundert cien cento honderd",
}
_TENS = {words.split()[0]: number for number, words in _COUNTED.items() if number in range(20, 100, 10)}
_ONES = {words.split()[0]: number for number, words in _COUNTED.items() if number < 10}
_SIMPLE = {word: str(number) for number, words in _COUNTED.items() for word in words.split()}
COUNTED = _SIMPLE | {
    f"{ten}-{one}": str(tens + ones) for ten, tens in _TENS.items() for one, ones in _ONES.items()
}
# What finds them: 72 English compounds one by one would double the time of every search for a number.
WORDS = rf"(?:{'|'.join(_TENS)})-(?:{'|'.join(_ONES)})|" + "|".join(
    sorted(map(re.escape, _SIMPLE), key=len, reverse=True)
)
# Articles in most languages, and "sei" means "be" in Italian: only beside a unit are these numbers.
UNSURE = frozenset(f"{_COUNTED[1]} sei once elf acht hundred cento cien sept sete nove dix".split())


def value(written: str) -> str:
    """Return a number in one spelling: no thousands marks, a point, no zeros at the end."""
    if _THOUSANDS.fullmatch(written):
        decimal = re.search(r"[.,](?!\d{3}$)(\d+)$", written)
        whole = written[: decimal.start()] if decimal else written
        return _plain(re.sub(r"\D", "", whole), decimal[1] if decimal else "")
    decimal = _DECIMAL.fullmatch(written)
    if decimal:
        return _plain(decimal[1], decimal[2])
    return written.replace(",", ".").lstrip("0") or "0"


def _plain(whole: str, part: str) -> str:
    part = part.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{part}" if part else whole
