"""Opposites: words that turn a sentence round when one stands for the other."""

import re
from functools import cache, lru_cache
from itertools import permutations

from knowledge.lexemes import fold, lexemes

_PAIRS = {
    "en": (
        "on/off before/after more/less open/close increase/decrease enable/disable left/right up/down "
        "clockwise/anticlockwise clockwise/counterclockwise minimum/maximum first/last include/exclude "
        "connect/disconnect lock/unlock start/stop above/below inside/outside always/never allow/forbid "
        "accept/reject add/remove push/pull hot/cold warm/cold high/low higher/lower longer/shorter "
        "plug/unplug install/uninstall tighten/loosen early/late raise/lower public/private free/paid "
        "required/optional required/voluntary valid/invalid possible/impossible buy/sell win/lose "
        "north/south east/west show/hide top/bottom front/back internal/external most/least "
        "at_least/at_most mandatory/optional full/empty dry/wet import/export upload/download "
        "positive/negative increased/decreased won/lost larger/smaller including/except including/excluding"
    ),
    "de": (
        "ein/aus vor/nach mehr/weniger öffnen/schließen erhöhen/verringern aktivieren/deaktivieren "
        "links/rechts oben/unten minimum/maximum mindestens/höchstens inklusive/exklusive "
        "einschalten/ausschalten verbinden/trennen sperren/entsperren starten/stoppen innen/außen immer/nie "
        "erlauben/verbieten heiß/kalt warm/kalt hoch/niedrig länger/kürzer früh/spät öffentlich/privat "
        "voll/leer trocken/nass hinzufügen/entfernen erlaubt/verboten kostenlos/kostenpflichtig "
        "einschließlich/außer einschließlich/ausgenommen"
    ),
    "es": (
        "antes/después más/menos abrir/cerrar activar/desactivar izquierda/derecha arriba/abajo "
        "mínimo/máximo encender/apagar conectar/desconectar bloquear/desbloquear dentro/fuera siempre/nunca "
        "permitir/prohibir aceptar/rechazar añadir/eliminar caliente/frío alto/bajo público/privado "
        "aumentar/disminuir lleno/vacío seco/mojado"
    ),
    "fr": (
        "avant/après plus/moins ouvrir/fermer activer/désactiver gauche/droite haut/bas minimum/maximum "
        "allumer/éteindre connecter/déconnecter toujours/jamais autoriser/interdire accepter/refuser "
        "ajouter/supprimer chaud/froid public/privé augmenter/diminuer plein/vide"
    ),
    "it": (
        "prima/dopo più/meno aprire/chiudere attivare/disattivare sinistra/destra minimo/massimo "
        "accendere/spegnere collegare/scollegare sempre/mai caldo/freddo aumentare/diminuire pieno/vuoto"
    ),
    "pt": (
        "antes/depois mais/menos abrir/fechar ativar/desativar esquerda/direita mínimo/máximo "
        "ligar/desligar conectar/desconectar sempre/nunca quente/frio aumentar/diminuir cheio/vazio"
    ),
    "nl": (
        "voor/na meer/minder openen/sluiten inschakelen/uitschakelen links/rechts minimum/maximum "
        "verbinden/loskoppelen altijd/nooit warm/koud hoog/laag vol/leeg"
    ),
}

_WEEKDAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "pt": "segunda terça quarta quinta sexta sábado domingo",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
}


_WEEKEND = re.compile(
    r"\b(?:weekends?|wochenend\w*|fin(?:es)? de semana|week-?ends?|fine settimana|fim de semana)\b"
)
_EVERY_DAY = re.compile(
    r"\b(?:daily|every ?day|taglich|todos los dias|tous les jours|ogni giorno|tutti i giorni)\b"
)
_TO = r"\w*\.?\s*(?:[-\u2013]|to|through|until|bis|a|al|au|ate|tot)\s*"


@lru_cache(maxsize=2048)
def days_meant(folded: str, language: str) -> frozenset[str]:
    """Return the weekdays a folded text means without naming them: "Monday to Friday", "weekend"."""
    names = [fold(name) for name in _WEEKDAYS.get(language, "").replace(" sonnabend", "").split()]
    meant = set(names) if _EVERY_DAY.search(folded) else set(names[5:]) if _WEEKEND.search(folded) else set()
    named = [(place, name) for place, name in enumerate(names) if name in folded]
    for (i, one), (j, two) in permutations(named, 2):
        if re.search(rf"\b{one}{_TO}{two}", folded):
            meant.update(names[i : j + 1] if i < j else names[i:] + names[: j + 1])
    return frozenset(lexeme for name in meant for lexeme in lexemes(name, language))


@cache
def weekdays_of(language: str) -> frozenset[str]:
    """Return the lexemes of a language's weekdays."""
    return frozenset(lexemes(_WEEKDAYS.get(language, ""), language))


@cache
def opposites_of(language: str) -> dict[str, frozenset[str]]:
    """Return the lexemes of a language that have an opposite, each with its opposites' lexemes."""
    found: dict[str, frozenset[str]] = {}
    for pair in _PAIRS.get(language, "").split():
        one, other = (" ".join(lexemes(word.replace("_", " "), language)) for word in pair.split("/"))
        found[one] = found.get(one, frozenset()) | {other}
        found[other] = found.get(other, frozenset()) | {one}
    return found
