"""Talk: what asks nothing of documents is recognised, and questions are left alone."""

import pytest

from chat.answering.engine import AnswerEngine, Conduct
from chat.answering.events import Finished, Text
from chat.answering.phrases import phrase
from chat.answering.style import Style
from chat.answering.talk import Talk, recognise
from tests.fakes import ScriptedSearch


@pytest.mark.parametrize(
    ("said", "talk"),
    [
        ("hi", Talk.GREETING),
        ("Hello there!", Talk.GREETING),
        ("Guten Tag", Talk.GREETING),
        ("¡Buenos días!", Talk.GREETING),
        ("你好", Talk.GREETING),
        ("مرحبا", Talk.GREETING),
        ("Thanks a lot 👍", Talk.THANKS),
        ("Hi, thank you so much for your help!", Talk.THANKS),
        ("ok", Talk.THANKS),
        ("ありがとうございます", Talk.THANKS),
        ("Tschüss und danke", Talk.THANKS),
        ("bye", Talk.GOODBYE),
        ("???", Talk.EMPTY),
        ("  ", Talk.EMPTY),
        ("help", Talk.EMPTY),
        ("fuck you", Talk.ABUSE),
        ("You are a stupid bot", Talk.ABUSE),
        ("agent", Talk.HANDOFF),
        ("I want to speak to a human, please.", Talk.HANDOFF),
        ("Can I talk to someone?", Talk.HANDOFF),
        ("Ich möchte mit einem Mitarbeiter sprechen", Talk.HANDOFF),
        ("Je voudrais parler à quelqu'un", Talk.HANDOFF),
        ("Quiero hablar con una persona", Talk.HANDOFF),
        ("转人工", Talk.HANDOFF),
    ],
)
def test_talk_is_recognised(said: str, talk: Talk | None) -> None:
    assert recognise(said) == talk


@pytest.mark.parametrize(
    "question",
    [
        "hi, how do I reset it?",
        "How do I add an agent to my team?",
        "this stupid thing does not start",
        "Is it useless?",
        "Does the manager app talk to the thermostat?",
        "Do people talk to each other in the app?",
        "How can I contact support?",
        "I need a person to install it",
        "E-42",
        "Wie spreche ich die Garantie an?",
        "thanks for nothing, where is my order",
        "warranty",
        "¿Qué tal funciona el filtro?",
    ],
)
def test_a_question_is_no_talk(question: str) -> None:
    assert recognise(question) is None


@pytest.mark.parametrize(("has_people", "said"), [(True, "handoff"), (False, "no_person")])
async def test_nobody_is_promised_a_person_who_will_not_come(has_people: bool, said: str) -> None:
    engine = AnswerEngine(ScriptedSearch(), conduct=Conduct(Style(has_people=has_people)))

    events = [event async for event in engine.answer("I want to talk to a person")]

    assert events[1:] == [Text(phrase(said, "en")), Finished("handoff", "none")]
