"""Opposites: words that turn a sentence round when one stands for the other."""

from functools import cache

from knowledge.lexemes import lexemes

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
        "positive/negative increased/decreased won/lost larger/smaller"
    ),
    "de": (
        "ein/aus vor/nach mehr/weniger öffnen/schließen erhöhen/verringern aktivieren/deaktivieren "
        "links/rechts oben/unten minimum/maximum mindestens/höchstens inklusive/exklusive "
        "einschalten/ausschalten verbinden/trennen sperren/entsperren starten/stoppen innen/außen immer/nie "
        "erlauben/verbieten heiß/kalt warm/kalt hoch/niedrig länger/kürzer früh/spät öffentlich/privat "
        "voll/leer trocken/nass hinzufügen/entfernen erlaubt/verboten kostenlos/kostenpflichtig"
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


@cache
def opposites_of(language: str) -> dict[str, frozenset[str]]:
    """Return the lexemes of a language that have an opposite, each with its opposites' lexemes."""
    found: dict[str, frozenset[str]] = {}
    for pair in _PAIRS.get(language, "").split():
        one, other = (" ".join(lexemes(word.replace("_", " "), language)) for word in pair.split("/"))
        found[one] = found.get(one, frozenset()) | {other}
        found[other] = found.get(other, frozenset()) | {one}
    return found
