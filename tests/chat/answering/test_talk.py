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


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (Talk.GREETING, "안녕하세요|สวัสดีค่ะ|नमस्ते|Xin chào!|Γεια σας!|Bună ziua|Hej!|Goddag|Dobré ráno"),
        (Talk.GREETING, "Доброго дня!|שלום|Halo kak|Hyvää päivää|Jó napot kívánok!|Hei"),
        (Talk.THANKS, "정말 감사합니다!|ขอบคุณมากครับ|बहुत बहुत धन्यवाद|Cảm ơn bạn rất nhiều!|Ευχαριστώ πολύ!"),
        (Talk.THANKS, "Mulțumesc mult|Tack så mycket för hjälpen!|Mange tak|Díky moc za pomoc|תודה רבה"),
        (Talk.THANKS, "Щиро дякую за допомогу!|Terima kasih banyak kak|Kiitos paljon avusta!|Tusen takk"),
        (Talk.THANKS, "Köszönöm szépen a segítséget!"),
        (Talk.GOODBYE, "안녕히 계세요|ลาก่อนค่ะ|अलविदा|Tạm biệt|Αντίο σας|La revedere!|Hej då|Farvel"),
        (Talk.GOODBYE, "Na shledanou|До побачення|להתראות|Sampai jumpa|Näkemiin|Viszontlátásra|Ha det bra!"),
        (Talk.HANDOFF, "상담원 연결해 주세요|ขอคุยกับเจ้าหน้าที่ครับ|मैं एजेंट से बात करना चाहता हूँ"),
        (Talk.HANDOFF, "Tôi muốn gặp nhân viên|Θέλω να μιλήσω με έναν εκπρόσωπο"),
        (Talk.HANDOFF, "Vreau să vorbesc cu o persoană reală|Jag vill prata med en människa"),
        (Talk.HANDOFF, "Jeg vil gerne tale med en medarbejder|Chci mluvit s člověkem"),
        (Talk.HANDOFF, "Хочу поговорити з людиною|אני רוצה לדבר עם נציג"),
        (Talk.HANDOFF, "Saya ingin berbicara dengan petugas|Haluan puhua ihmisen kanssa"),
        (Talk.HANDOFF, "Szeretnék egy ügyintézővel beszélni|Kan jeg få snakke med en medarbeider?"),
        (Talk.EMPTY, "도와주세요|ช่วยหน่อยครับ|मुझे मदद चाहिए|Tôi cần giúp đỡ|Έχω μια ερώτηση"),
        (Talk.EMPTY, "Am o întrebare|Jag behöver hjälp|Jeg har et spørgsmål|Mám dotaz|Допоможіть!"),
        (Talk.EMPTY, "יש לי שאלה|Saya mau tanya|Tarvitsen apua|Van egy kérdésem|Jeg trenger hjelp"),
    ],
)
def test_talk_is_recognised_in_many_languages(talk: Talk, said: str) -> None:
    assert {one: recognise(one) for one in said.split("|")} == dict.fromkeys(said.split("|"), talk)


@pytest.mark.parametrize(
    "question",
    [
        "Hej, hur återställer jag den?",
        "안녕하세요, 어떻게 초기화하나요?",
        "상담원 연결 방법이 궁금해요",
        "สวัสดีครับ รีเซ็ตเครื่องอย่างไร",
        "เจ้าหน้าที่ทำงานกี่โมง",
        "नमस्ते, इसे रीसेट कैसे करूँ?",
        "Kan jeg snakke med en venn mens jeg spiller?",  # "mens": a person in Dutch, "while" here
        "Kan jag prata med min högtalare om vädret?",  # "om": a person in Romanian, "about" here
        "Kolik stojí dům?",
        "Halo lamp",
    ],
)
def test_a_word_of_one_language_makes_no_talk_of_a_question_in_another(question: str) -> None:
    assert recognise(question) is None


@pytest.mark.parametrize(("has_people", "said"), [(True, "handoff"), (False, "no_person")])
async def test_nobody_is_promised_a_person_who_will_not_come(has_people: bool, said: str) -> None:
    engine = AnswerEngine(ScriptedSearch(), conduct=Conduct(Style(has_people=has_people)))

    events = [event async for event in engine.answer("I want to talk to a person")]

    assert events[1:] == [Text(phrase(said, "en")), Finished("handoff", "none")]
