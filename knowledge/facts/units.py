"""Units: what numbers measure, by their words in the languages we know best.

Each row: the family (what could be mixed up), the unit all are turned into, how many of it
one is, and its words. Months are not turned into days, nor euros into dollars.
"""

_ROWS: tuple[tuple[str, str, int, str], ...] = (
    (
        "time",
        "month",
        12,
        "year years yr yrs jahr jahre jahren an ans année années año años anno anni ano anos jaar jaren",
    ),
    (
        "time",
        "month",
        1,
        "month months monat monate monaten mois mes meses mese mesi mês maand maanden",
    ),
    (
        "time",
        "day",
        7,
        "week weeks woche wochen semaine semaines semana semanas settimana settimane weken",
    ),
    (
        "time",
        "day",
        1,
        "day days tag tage tagen jour jours día días giorno giorni dia dias dag dagen",
    ),
    (
        "time",
        "second",
        3600,
        "hour hours h hr hrs stunde stunden std heure heures hora horas ora ore uur uren",
    ),
    (
        "time",
        "second",
        60,
        "minute minutes min mins minuten minuto minutos minuti minuut",
    ),
    (
        "time",
        "second",
        1,
        "second seconds s sec secs sekunde sekunden seconde secondes segundo segundos secondo secondi",
    ),
    ("money", "eur", 1, "€ eur euro euros"),
    ("money", "usd", 1, "$ usd dollar dollars dólar dólares dollari"),
    ("money", "gbp", 1, "£ gbp pound pounds"),
    ("money", "yen", 1, "¥ yen"),
    ("money", "chf", 1, "chf franken"),
    ("share", "%", 1, "% percent prozent pour-cent percento procent"),
    ("length", "mm", 1, "mm"),
    ("length", "mm", 10, "cm"),
    ("length", "mm", 1000, "m meter meters metre metres metern mètre mètres metro metros metri"),
    ("length", "mm", 1_000_000, "km kilometer kilometers kilometre kilometres kilometern kilómetros"),
    ("length", "inch", 1, "inch inches zoll pouces pulgadas pollici"),
    ("weight", "mg", 1, "mg"),
    ("weight", "mg", 1000, "g gram grams gramm grammes gramos grammi"),
    ("weight", "mg", 1_000_000, "kg kilogram kilograms kilogramm kilos"),
    ("volume", "ml", 1, "ml"),
    ("volume", "ml", 10, "cl"),
    ("volume", "ml", 1000, "l litre litres liter liters litern litro litros litri"),
    ("power", "w", 1, "w watt watts"),
    ("power", "w", 1000, "kw"),
    ("power", "kwh", 1, "kwh"),
    ("power", "v", 1, "v volt volts"),
    ("power", "a", 1, "a amp amps ampere"),
    ("power", "hz", 1, "hz"),
    ("power", "bar", 1, "bar"),
    ("heat", "°c", 1, "°c ° degrees degree grad grados degrés gradi graus graden celsius"),
    ("heat", "°f", 1, "°f fahrenheit"),
    ("data", "kb", 1, "kb"),
    ("data", "kb", 1000, "mb"),
    ("data", "kb", 1_000_000, "gb"),
    ("data", "kb", 1_000_000_000, "tb"),
)
UNITS = {word: kind for _, kind, _, words in _ROWS for word in words.split()}
FACTORS = {word: factor for _, _, factor, words in _ROWS for word in words.split()}
FAMILIES = {kind: family for family, kind, _, _ in _ROWS} | {"count": "count"}
