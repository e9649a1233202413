"""Leading: lines that claim nothing and only lead to what follows them.

"Here is how:" and the header of a table may be shown without a citation, if something that is
borne out follows. They may hold no number, denial or name of their own: every word that tells
something must stand in the question or in a passage.
"""

import re
from collections.abc import Sequence

from knowledge.facts import dates_in, denials_in, names_in, quantities_in
from knowledge.language import detect
from knowledge.lexemes import lexemes, query_lexemes
from knowledge.passages import Passage

MOST_WORDS = 14
_RULE = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|)+(?:\s*:?-{2,}:?)?\s*")
_LEADING_WORDS = (
    "here how step follow these this below do answer short note summary option way detail "
    "so geht es hier folgend schritt antwort kurz hinweis zusammenfassung möglichkeit "
    "así aquí paso siguiente respuesta nota resumen opción "
    "voici comment étape suivant réponse remarque résumé ecco come passaggio seguente risposta nota "
    "eis como passo seguinte resposta resumo zo hier stap volgende antwoord"
)


def leads_in(text: str, leading: Sequence[str], question: str, given: Sequence[Passage]) -> bool:
    """Say whether a line only leads to what follows; ``leading`` are the lines that wait before it."""
    bare = text.strip().strip("*_# ")
    if _RULE.fullmatch(text) and "-" in text:
        return bool(leading) and leading[-1].lstrip().startswith("|")
    is_header = bare.startswith("|") and not any(line.lstrip().startswith("|") for line in leading)
    if not (bare.endswith((":", "：")) or is_header) or len(bare.split()) > MOST_WORDS:
        return False
    return not _claims(bare, question, given)


def _claims(bare: str, question: str, given: Sequence[Passage]) -> bool:
    language = detect(question)
    if quantities_in(bare) or dates_in(bare) or names_in(bare) or denials_in(bare, language):
        return True
    known = {lexeme for word in _LEADING_WORDS.split() for lexeme in lexemes(word, language)}
    for passage in given:
        known.update(lexemes(f"{passage.place} {passage.text}", language))
    known.update(lexemes(question, language))
    return not known.issuperset(query_lexemes(bare, language))
