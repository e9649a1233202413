"""Facts: what a text says exactly, read in one way by everybody who compares texts.

Vectors hardly see what matters most to a customer: "24 months" lies beside "36 months", "I can"
beside "I cannot". So numbers with their units, dates, denials, codes and names are read here,
whatever the language and the notation, for the contradictions that staff see, for curated
answers, and for the check of every sentence before a customer sees it. Pure.
"""

from knowledge.facts.codes import codes_in, name_spans, names_in, proper_names
from knowledge.facts.dates import Date, dates_in
from knowledge.facts.denials import affirmed, denials_in, is_denial, negates, softly_denies
from knowledge.facts.opposites import days_meant, opposites_of, weekdays_of
from knowledge.facts.quantities import HALVES, Quantity, quantities_in, unit_words
from knowledge.facts.values import value

__all__ = [
    "HALVES",
    "Date",
    "Quantity",
    "affirmed",
    "codes_in",
    "dates_in",
    "days_meant",
    "denials_in",
    "is_denial",
    "name_spans",
    "names_in",
    "negates",
    "opposites_of",
    "proper_names",
    "quantities_in",
    "softly_denies",
    "unit_words",
    "value",
    "weekdays_of",
]
