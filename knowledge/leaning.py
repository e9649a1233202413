"""Leaning: whether a question can be understood without what was said before it."""

import re

from knowledge.lexemes import fold, query_terms

LEANING = 3  # words: "and on the other model?"
_POINTING = re.compile(
    r"^\W*(?:and|und|y|et|e|en|but|aber|what (?:about|if)|how about|was ist mit|que tal)\b"
    r"|\b(?:its?|that|this|those|these|them|they|others?|ones?|das|dies\w*|da(?:fur|von|zu|mit|bei)|ander\w*|"
    r"es[oa]s?|est[oa]s?|otr[oa]s?|cela|ca|autres?|quest[oaie]|altr[oaie]|iss?o|outr[oa]s?|dat|dit)\b"
    r"|\bes\W*$"
)


def points(text: str) -> bool:
    """Say whether a text has a word that points to something else: "how much is it", "and on the others"."""
    return _POINTING.search(fold(text)) is not None


def says_little(question: str, language: str) -> bool:
    """Say whether a question of few telling words points to what was said before ("how much is it?")."""
    return len(query_terms(question, language)) <= LEANING and points(question)
