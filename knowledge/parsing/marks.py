"""Marks: phrases in a text that give orders to whoever reads it out, from text to their places.

English, German, Spanish and French, and the markers that tell models who speaks. A phrase is
looked for only where one of its cue words stands: finding a word is a hundred times faster
than trying a pattern everywhere, and documents are long.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# How far a phrase may reach from its cue.
BEFORE, AFTER, STEP = 120, 240, 80
# A text of nothing but cues must not cost minutes; it has been flagged long before.
MAX_SEARCHES = 2_000


class _Phrase(NamedTuple):
    """Words of which one is in every match, in lower case, and the pattern itself."""

    cues: tuple[str, ...]
    pattern: re.Pattern[str]


def _phrase(cues: str, *parts: str) -> _Phrase:
    return _Phrase(tuple(cues.split("|")), re.compile("".join(parts), re.IGNORECASE | re.MULTILINE))


# A few words between two others: "ignore ALL OF THE previous instructions".
_GAP = r"\s+(?:[\w'’]+\s+){0,4}?"
_ORDERS = (
    r"(?:instructions?|prompts?|directions?|directives?|commands?|rules|guidelines|orders|"
    r"constraints|programming|restrictions|policies)\b"
)
_READERS = r"(?:ai|llm|chatbots?|(?:ai |virtual )?assistants?|(?:large )?language models?|bots?)\b"
_PHRASES = (
    _phrase(
        "ignor|disregard|forget|overrid|bypass|neglect|follow|obey",
        r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overrid(?:e|ing)|bypass(?:ing)?|neglect|",
        r"(?:do not|don['’]t|stop) (?:follow|obey)(?:ing)?)",
        _GAP,
        r"(?:previous|prior|above|earlier|preceding|foregoing|former|initial|original|existing|"
        r"system|safety|",
        r"all|any|every|these|those|your|my|other)\s+(?:[\w'’]+\s+){0,3}?",
        _ORDERS,
    ),
    _phrase(
        "ignore |disregard |forget ",
        r"\b(?:ignore|disregard|forget) (?:everything|anything|all)(?: \w+){0,3} ",
        r"(?:above|before|previously|earlier|said|told|learned|know)\b",
    ),
    _phrase(
        "reveal|repeat|print|output|show me|leak|disclose|display",
        r"\b(?:reveal|repeat|print|output|show me|leak|disclose|display)",
        _GAP,
        r"(?:system|initial|hidden|secret|original|developer) (?:prompt|instructions|message)\b",
    ),
    _phrase(
        "prompt|instruction",
        r"\b(?:new|updated|real|actual|secret|hidden) (?:system )?(?:instructions?|prompt)(?: for you)?\s*:",
    ),
    _phrase(
        "you are now|you are no longer",
        r"\byou are (?:now|no longer) [^.\n]{0,70}\b(?:assistants?|ai|bots?|chatbot|models?|mode|"
        r"dan|persona|",
        r"jailbroken|rules|restrictions|filters|pirate|hacker|role|character)\b",
    ),
    _phrase("from now on", r"\bfrom now on,? you (?:are|will|must|shall|should|answer|respond|act)\b"),
    _phrase(
        "anything now|developer mode|jailbr|dan mode",
        r"\b(?:do anything now|developer mode (?:enabled|output)|jailbreak mode|jailbroken|dan mode)\b",
    ),
    _phrase(
        "pretend|role-play|roleplay|act as",
        r"\b(?:pretend|role-?play|act) (?:to be|that you are|as if you (?:are|were|have)|as though you)\b",
        r"[^.\n]{0,50}\b(?:ai|bot|chatbot|assistant|model|restrictions?|rules|filters?|dan|"
        r"limits?|guidelines)\b",
    ),
    _phrase(
        "instruction|note|message|attention|order",
        r"\b(?:instructions?|notes?|messages?|attention|orders?) (?:to|for) (?:the|any|all|every|an?) ",
        _READERS,
    ),
    _phrase(
        "must|shall|should",
        rf"\b{_READERS}(?: (?:reading|processing|summari[sz]ing|"
        rf"that reads?) this[^.\n]{{0,40}}?)?,? (?:you )?",
        r"(?:must|shall|should) (?:always|never|now|not|only|ignore|tell|say|reply|answer|respond|"
        r"include|recommend)\b",
    ),
    _phrase(
        "do not",
        r"\bdo not (?:tell|inform|(?:mention|reveal) (?:this |it )?to) the (?:user|customer|human)\b",
    ),
    _phrase(
        "you must|you shall|you should|you will",
        r"\bwhen(?:ever)? (?:asked|answering|summari[sz]ing|you (?:answer|respond|summari[sz]e|reply))",
        r"[^.\n]{0,60}\byou (?:must|shall|should|will) ",
        r"(?:always|never|say|answer|reply|respond|include|recommend)\b",
    ),
    _phrase(
        "your answer|your response|your reply|your output",
        r"\b(?:add|include|insert|integrate|incorporate|embed|append|weave|mention|write|replace|"
        r"rewrite|modify|",
        r"encode|translate|use|remove|rearrange|misspell|introduce|group|provide|present|"
        r"substitute|swap|omit|",
        r"convert|scramble|change|reverse|output|recommend)\b"
        r"(?:[^.\n]|\.(?=\w)){0,110}?\byour (?:answer|"
        r"response|reply|output)\b",
    ),
    _phrase(
        "ignorier|vergiss|vergessen sie|missacht|befolg",
        r"\b(?:ignorier\w*|vergiss|vergessen sie|missachte\w*|befolge\w* (?:keine|nicht))",
        _GAP,
        r"(?:bisherige\w*|vorherige\w*|vorige\w*|vorangegangene\w*|obige\w*|frühere\w*|"
        r"ursprüngliche\w*|alle\w*|",
        r"deine\w*|ihre\w*)\s+(?:\w+\s+){0,3}?",
        r"(?:anweisung\w*|instruktion\w*|befehl\w*|regeln|vorgaben|richtlinien|prompts?)\b",
    ),
    _phrase(
        "ab jetzt|von nun an|ab sofort",
        r"\b(?:ab jetzt|von nun an|ab sofort) (?:bist du|antwortest du|sind sie ein|wirst du|musst du)\b",
    ),
    _phrase(
        "prompt|systemanweisung",
        rf"\b(?:zeige?|verrate|nenne|gib){_GAP}(?:system-?prompt|systemanweisung\w*)",
    ),
    _phrase(
        "ignor|olvid|descart|omit|no sig",
        rf"\b(?:ignor[ae]n?|olvid[ae]n?|descart[ae]n?|omit[ae]n?|no sigas?){_GAP}(?:instrucciones|"
        rf"órdenes|ordenes|",
        r"indicaciones|reglas|directrices|mensajes)\s+(?:\w+\s+){0,2}?(?:anteriores|previas|"
        r"previos|de arriba|",
        r"originales|iniciales|del sistema)\b",
    ),
    _phrase(
        "ignor|olvid",
        r"\b(?:ignor[ae]|olvid[ae]) (?:todo lo anterior|todo lo dicho|todas (?:las|tus) instrucciones|",
        r"tus instrucciones)\b",
    ),
    _phrase(
        "de ahora|desde ahora",
        r"\b(?:a partir de ahora|desde ahora),? (?:eres|serás|responderás|debes|actúas|actuarás)\b",
    ),
    _phrase(
        "prompt|instrucciones",
        rf"\b(?:muestra|revela|repite|dime){_GAP}(?:prompt|instrucciones) (?:del? )?(?:sistema|"
        rf"inicial\w*|ocult\w+)\b",
    ),
    _phrase(
        "ignore|oublie|néglige|ne suis|ne suivez|ne tiens|ne tenez",
        r"\b(?:ignore[zr]?|oublie[zr]?|néglige[zr]?|ne (?:suis|suivez|tiens|tenez) (?:pas|plus)(?: compte)?)",
        rf"{_GAP}(?:instructions|consignes|ordres|règles|directives|indications)\s+(?:[\w'’]+\s+){{0,2}}?",
        r"(?:précédente?s?|antérieure?s?|ci-dessus|initiales?|d['’]origine|système|du système)\b",
    ),
    _phrase(
        "ignore|oublie",
        r"\b(?:ignore[zr]?|oublie[zr]?) (?:tout ce qui précède|toutes? (?:les|tes|"
        r"vos) (?:instructions|consignes))",
    ),
    _phrase(
        "maintenant|désormais",
        r"\b(?:à partir de maintenant|désormais),? (?:tu es|tu seras|vous êtes|tu dois|tu répondras|",
        r"vous devez répondre)\b",
    ),
    _phrase(
        "prompt|invite|instructions",
        rf"\b(?:montre|révèle|affiche|répète)[zr]?{_GAP}(?:prompt|invite|instructions) (?:du )?",
        r"(?:système|initiales?|cachées?)",
    ),
    _phrase(
        "<|",
        r"<\|\s*(?:im_start|im_end|system|user|assistant|endoftext|eot_id|(?:start|end)_header_id)\s*\|>",
    ),
    _phrase(
        "inst]|<<sys|<</sys|start_of_turn|<system|</system",
        r"\[/?INST\]|<</?SYS>>|<start_of_turn>|</?system[_-]?(?:prompt|message|instructions?)?>",
    ),
    _phrase(
        "system|assistant|developer",
        r"^\W{0,6}(?:system|assistant|developer)(?: prompt| message| instructions?)?\W{0,4}:\s*",
        r"(?:[\w'’,]+\s+){0,8}?(?:you|ignore|disregard|answer|respond|reply|always|never|du|"
        r"sie sind|eres|tu es|",
        r"vous êtes)\b",
    ),
)


def places(text: str) -> Iterator[tuple[int, int]]:
    """Yield begin and end of every phrase in ``text``, in order; of those that overlap, the first."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few capitals have longer small letters
        lowered = text
    end = 0
    for begin, after in sorted({found for phrase in _PHRASES for found in _found(phrase, text, lowered)}):
        if begin >= end:
            yield begin, after
            end = after


def _found(phrase: _Phrase, text: str, lowered: str) -> Iterator[tuple[int, int]]:
    for cue in phrase.cues:
        place = lowered.find(cue)
        for _ in range(MAX_SEARCHES):
            if place < 0:
                break
            match = phrase.pattern.search(text, max(place - BEFORE, 0), place + AFTER)
            if match:
                yield match.span()
            # The search covered the cues beside this one as well.
            place = lowered.find(cue, max(match.end() if match else 0, place + STEP))
