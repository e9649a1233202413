"""Wish: from a text to whether it wishes for a person, by a phrase that says so or a verb and a person."""

import re
from collections.abc import Sequence
from functools import cache

from chat.answering.saying import Sentence, covered, holds, phrases, places, sentences_of, words_of
from chat.answering.wishing.abroad import REACH, is_wished_abroad
from chat.answering.wishing.circumstances import HOW, OWN, is_met_elsewhere, listed
from chat.answering.wishing.english import VERBS, is_wished

MOST_WORDS = 20
# What tells a phrase that asks outright from a question about how a help desk is run, without spaces.
_RUN = re.compile(
    "设置|設置|設定|配置|开启|开通|关闭|功能|機能|规则|時間|时间|几点|何時|上班|下班|收费|费用|自动|自動|"
    "客户|用户|员工|同事|お客|顧客|ユーザー|アプリ|メール|送|管理|追加|登録|変更|割り当|振り分|部下|社内|"
    "うちの|私の|自分の|弊社|当社|他の|翻訳|ゲーム|[\u4e00-\u9fff]人と話|앱|설정|ตั้งค่า|ลูกค้า|不(?:想|用|"
    "要|需要|必)[转找]|[别別]转"
)
# With these in front a person needs no verb of speaking: "get me a human".
_GETTING = frozenset(
    tuple(phrase.split())
    for phrase in (
        "get me|give me|i want|i need|just want|just need|can i have|can i get|ich will|ich mochte|"
        "ich brauche|quiero|necesito|je veux|je voudrais|voglio|vorrei|quero|preciso de|ik wil|chce|хочу|اريد"
    ).split("|")
)
_UNWANTED = listed("do did dont if when why not never would should nicht no non ne nao nie не لا")
# Somebody that a product may have as well: "we need an agent, how do I add one?"
_OF_A_PRODUCT = listed(
    "agent live representative operator support agente operador operatore konsultant оператор"
)


def wishes_a_person(text: str) -> bool:
    """Say whether somebody asks, for themselves, to speak with a person of ours."""
    sentences = sentences_of(text)
    clauses = [clause for sentence in sentences for _, clause in sentence.clauses]
    if any(map(_asks_outright, clauses)):
        return True
    if len(words_of(text)) > MOST_WORDS:
        return False
    if any(map(_speaks, sentences)):
        return True
    is_plain = not any(sentence.is_asked or HOW.intersection(sentence.words) for sentence in sentences)
    return any(_gets(clause, is_plain) for clause in clauses)


def is_about_own(words: Sequence[str]) -> bool:
    """Say whether words that name a person name the customer's own, or ask whether we are one."""
    asks_us = re.match(r"(?:is|are) (?:this|it|that|you)\b", " ".join(words))
    return asks_us is not None or bool(OWN.intersection(words))


@cache
def _outright() -> frozenset[str]:
    """Return the phrases that are a wish by themselves; where blanks are says nothing."""
    return frozenset("".join(phrase) for phrase in phrases("asking"))


def _asks_outright(clause: Sequence[str]) -> bool:
    """Say whether a clause holds a phrase that is a wish by itself, and tells of nobody's product."""
    joined = "".join(clause)
    if not any(phrase in joined for phrase in _outright()) or _RUN.search(joined) or is_met_elsewhere(clause):
        return False
    # What is the customer's own behind the phrase is only what the wish is about.
    until = next(
        end for end in range(len(clause) + 1) if any(one in "".join(clause[:end]) for one in _outright())
    )
    return not OWN.intersection(clause[max(until - REACH, 0) : until])


def _speaks(sentence: Sentence) -> bool:
    """Say whether a sentence holds a verb of speaking, and wishes for a person with it."""
    return any(
        (is_wished if sentence.words[start] in VERBS else is_wished_abroad)(sentence, start, start + length)
        for start, length in places(sentence.words, phrases("speaking"))
    )


def _gets(clause: Sequence[str], is_plain: bool) -> bool:
    """Say whether a clause ends in "get me" and a person; ``is_plain``: nothing is asked beside it."""
    for start, length in places(clause, _GETTING):
        wanted = clause[start + length :]
        is_refused = start > 0 and clause[start - 1] in _UNWANTED
        if is_refused or is_about_own(wanted) or not holds(wanted, phrases("handoff")):
            continue
        is_sure = is_plain or clause[start + length - 1] == "me" or not _OF_A_PRODUCT.intersection(wanted)
        if is_sure and covered(wanted, phrases("handoff") | phrases("filler")):
            return True
    return False
