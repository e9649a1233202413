"""Numerals: from the count of a list item to the number that its reader sees."""

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


def formatted(count: int, number_format: str) -> str:
    """Write ``count`` in one of Word's number formats; those we do not know are plain digits."""
    match number_format:
        case "lowerLetter" | "upperLetter":
            letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1) if count > 0 else ""
            return letter.upper() if number_format == "upperLetter" else letter
        case "lowerRoman" | "upperRoman":
            roman = _roman(count)
            return roman.upper() if number_format == "upperRoman" else roman
        case "none":
            return ""
        case _:
            return str(count)


def _roman(count: int) -> str:
    written = ""
    for size, letters in _ROMAN:
        times, count = divmod(max(count, 0), size)
        written += letters * times
    return written
