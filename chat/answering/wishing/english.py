"""English: who wishes, asks or orders to speak with whom, and whether what follows leads into a product."""

import re
from collections.abc import Sequence
from functools import cache

from chat.answering.saying import COMMA, Sentence, phrases
from chat.answering.wishing.circumstances import (
    ELSEWHERE,
    HOW,
    is_met_elsewhere,
    is_someone_else,
    listed,
)

VERBS = listed("talk speak chat connect transfer put hand escalate let get pass")  # how a phrase begins
_SPEAKING = listed("talk speak chat")
# Words that may stand anywhere in a wish and change nothing about it.
_LIGHT = listed(
    "please pls just now really also maybe actually kindly still possibly finally quickly directly first "
    "instead ever only simply urgently desperately very much ok okay well hi hello hey again else "
    "immediately asap there here today tonight right away live thanks thank thx too already back"
)
_SELF = "(?:i|we|you|u|someone|somebody|anyone|anybody)"
# How the words before the verb end, without the light ones. "Can users talk to" is none of these.
_ASKED = re.compile(
    rf"\b(?:(?:can|could|may|might|would|cant|couldnt) {_SELF}(?: get to| be able to)?|"
    rf"(?:possible|way|chance)(?: for (?:me|us))?(?: to)?|(?:way|chance) {_SELF} c(?:an|ould)|"
    r"how to|(?:how|where) do (?:i|we)|am i (?:able|supposed) to|will you|"
    r"what (?:do|can|should|must) i (?:(?:need|have) to )?(?:do|press|say|type) to)$"
)
_WISHED = re.compile(
    r"(?:^|, |\b(?:so|but|then|because|cause) |\b(?:i|id|im|ive|me|my)\b.* and |"
    r"\b(?:i|we|id|wed|im|ill|ive)(?: would| do| will| am| have)?(?: been)? )"
    r"(?:want|wanna|need|like|love|wish|prefer|demand|have|got|gotta|must|rather|hope|hoping|trying|try|"
    r"asking|ask|wanting|looking|insist|request)(?: (?:you|someone|somebody))?(?: on| for)?(?: to)?$"
    r"|\b(?:if|whether|so) (?:i|we) (?:can|could|may|might)$"
    r"|(?:^|, |\b(?:and|so|but|then|(?:can|could|will|would) you) )(?:let|get|help|allow) (?:me|us)(?: to)?$"
)
_ORDERED = re.compile(
    r"^(?:(?:and|so|but|then|or|,)(?: |$))*$|(?:,|\bso|\bbut|\bthen)$|\b(?:i|id|im|ive|me|my)\b.* and$"
)
# "When I want to", "do I need to": said of what happens, not wished; "when can I": hours are asked.
_SUPPOSED = re.compile(
    r"\b(?:if|when|whenever|unless|once|before|after|while|until|why|do|did|will|should|must) (?:i|we)"
    r" (?:want|need|have|wish|try|ask|like|prefer)(?: you| someone| somebody)?(?: to)?$"
    r"|\b(?:when|what time|how (?:long|soon|fast|late|often|much))\b[^,]* (?:can|could|may|would) (?:i|we)$"
)
# Between a verb and the person: "to your nice", but no "to him about an".
_NO_WAY_TO = (
    "about|in|on|for|regarding|when|while|that|who|which|using|via|as|because|if|and|or|ai|bot|chatbot|"
    "virtual"
)
# What may follow a person where it is asked or ordered, after light words.
_OURS = (
    r"(?:your|customer|support|service|services|sales|billing|technical|tech|accounts?|accounting|finance|"
    r"shipping|returns?|refunds?|warranty|charge|person|english|german|spanish|french|italian|dutch|"
    r"portuguese|the (?:\w+ )?(?:team|department|support|service|company|office|desk|billing|sales))"
)
_FOLLOWS = re.compile(
    r"(?:about|regarding|concerning|re|because|cause|since|before|to|not|if|of an? (?:bot|robot|machine|"
    r"chatbot|computer)|on behalf|capable|available|competent|with (?:authority|experience|knowledge|more)|"
    r"for (?:help|assistance|support|this|a (?:minute|moment|second))|"
    rf"(?:from|at|of|in|on|within) {_OURS}|(?:on|over|by) (?:the )?(?:phone|telephone)|"
    r"(?:(?:who|that|thats|whos) (?:can|could|will|would|knows?|speaks?|understands?|is|works|has|handles|"
    r"deals)))\b"
)
_PLACE = re.compile(r"(?:in|on|inside|at|near|via|through|using|over|across|while|during|without|from)\b")
_THING = re.compile(r"(?:an?|(?!this\b|its\b)\w+s) ")  # that is escalated in a product: "a ticket to"
_OTHERS = listed("another other others each every any")
_THEIRS = listed("his her their")
_ANYBODY = listed("someone somebody person anyone anybody")
_TELLING_NOTHING = _LIGHT | listed("being me us soon")


@cache
def _people() -> str:
    """Return a pattern of all whom one may wish for."""
    named = sorted((" ".join(phrase) for phrase in phrases("people")), key=len, reverse=True)
    return (
        rf"(?:anyone|anybody|one of (?:your|the) \w+|your (?:support )?(?:team|colleagues)|{'|'.join(named)})"
    )


@cache
def _behind() -> re.Pattern[str]:
    """Return the pattern of a person behind the verb, and of what follows."""
    between = rf"(?P<between>(?:(?!(?:{_NO_WAY_TO})\b)(?:\w+|,) ){{0,5}}?)"
    return re.compile(rf"{between}(?P<person>{_people()})\b ?(?P<rest>.*)")


@cache
def _in_front() -> re.Pattern[str]:
    """Return the pattern of a person before the verb: "is there anyone I can", "can an agent"."""
    asked = r"(?:is|are|you have|need|want|(?:get|give|find) me|like|for|can|could|may|would|will)"
    which = r"(?: (?:a|an|any|some|the|real|live|actual|human|single|one|other|of|your))*"
    return re.compile(
        rf"\b{asked}{which} (?P<person>{_people()})(?: (?:who|that|whom))?(?P<me> (?:i|we)(?: can| could|"
        rf" may)?| to)?$"
    )


def is_wished(sentence: Sentence, start: int, end: int) -> bool:
    """Say whether a sentence with a verb of speaking at a place wishes for a person."""
    before = " ".join(word for word in sentence.words[:start] if word not in _LIGHT)
    after = " ".join(sentence.words[end:])
    if _SUPPOSED.search(before):
        return False
    verb, found = sentence.words[start], _behind().match(after)
    is_wish = _WISHED.search(before) is not None
    if found is None or not (is_wish or _is_asked(before, verb) or _ORDERED.search(before)):
        return _is_in_front(before, after.split())
    person, between, rest = (found[part].split() for part in ("person", "between", "rest"))
    if is_someone_else(person, _nearest(between)) or is_met_elsewhere([*between, *rest]):
        return False
    if _THEIRS.intersection(between) or (verb == "escalate" and _THING.match(found["between"])):
        return False
    if is_wish:
        return _follows(rest) or not _PLACE.match(_telling(rest))
    is_doubtful = _is_doubtful(before, verb, person) or _OTHERS.intersection(between)
    return _follows(rest) and not is_doubtful and not is_met_elsewhere(sentence.words)


def _is_asked(before: str, verb: str) -> bool:
    """Say whether customers ask for themselves; "can you talk to people" asks what we are."""
    is_ours = verb in _SPEAKING and before.endswith((" you", " u"))
    return _ASKED.search(before) is not None and not is_ours


def _is_in_front(before: str, behind: Sequence[str]) -> bool:
    """Say whether the person stands before the verb: "is there anyone I can talk to", "can an agent call"."""
    found = _in_front().search(before)
    is_for_me = found is not None and (found["me"] is not None or behind[:1] in (["me"], ["us"]))
    return is_for_me and _follows(behind)


def _is_doubtful(before: str, verb: str, person: Sequence[str]) -> bool:
    """Say whether it is asked how to reach somebody whom customers may also reach elsewhere."""
    if not HOW.intersection(before.rpartition(COMMA)[2].split()):
        return False
    anybody = ELSEWHERE if verb in _SPEAKING - {"chat"} else ELSEWHERE | _ANYBODY
    return verb == "escalate" or bool(anybody.intersection(person))


def _nearest(between: Sequence[str]) -> Sequence[str]:
    """Return the words in front of a person, without a thing that is passed on: "my ticket to your"."""
    last = max((place for place, word in enumerate(between) if word in ("to", "with")), default=-1)
    return between[last + 1 :]


def _telling(rest: Sequence[str]) -> str:
    """Return what follows a person from the first word on that tells something."""
    first = next((place for place, word in enumerate(rest) if word not in _TELLING_NOTHING), len(rest))
    return " ".join(rest[first:])


def _follows(rest: Sequence[str]) -> bool:
    """Say whether what follows may follow a person of ours: nothing, what it is about, "from your team"."""
    told = re.sub(rf"^(?:or )?{_people()}\b ?", "", _telling(rest))
    return (
        not _telling(told.split())
        or told.startswith(COMMA)
        or _FOLLOWS.match(_telling(told.split())) is not None
    )
