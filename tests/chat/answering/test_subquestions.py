"""Sub-questions: how a message is parted into what it asks."""

import pytest

from chat.answering.subquestions import LONGEST_ASKED, MOST, Subquestion, shown, subquestions


def texts(message: str, language: str = "en") -> list[str]:
    """Return what is searched for."""
    return [one.text for one in subquestions(message, language)]


@pytest.mark.parametrize(
    ("message", "language", "parts"),
    [
        ("How long is the warranty? Do you ship to Ireland?", "en", 2),
        ("how long is the warranty? do you ship to ireland?", "en", 2),
        ("How long is the warranty and do you ship to Ireland?", "en", 2),
        ("How do I connect it to Wi-Fi, and what does a repair cost?", "en", 2),
        ("Who repairs the pump and in what colour does it come with a lamp?", "en", 1),
        ("Who repairs the pump and in what colours are the lamps sold?", "en", 2),
        ("Wie lange ist die Garantie? Und was kostet die Lieferung?", "de", 2),
        ("Wie lange habe ich Garantie und was kostet die Lieferung?", "de", 2),
        ("¿Cuánto dura la garantía y cómo devuelvo un pedido?", "es", 2),
        ("Combien de temps dure la garantie et comment renvoyer une commande ?", "fr", 2),
        ("保修期是多久？可以退货吗？", "zh", 2),
        ("كم مدة الضمان؟ هل تشحنون إلى أيرلندا؟", "ar", 2),
        ("How long is the warranty? Do you ship to Ireland? Where can I return an order?", "en", 3),
    ],
)
def test_what_asks_several_things_is_parted(message: str, language: str, parts: int) -> None:
    assert len(subquestions(message, language)) == parts


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("How do I reset the machine?", "en"),
        ("The lamp blinks. How do I reset the machine? It is an X200.", "en"),
        ("Can you help me? How do I reset the machine?", "en"),
        ("How do I reset the machine? Thanks! How are you?", "en"),
        ("How long is the warranty? Is it possible?", "en"),
        ("What if the lamp is red and does not blink?", "en"),
        ("What happens if the pump is broken and when does it stop?", "en"),  # "it" is the pump
        ("Which parts of the pump and what tools do I need?", "en"),  # nothing is asked before "and"
        ("Do you sell filters and descaler?", "en"),
        ("How and when do I clean the filter?", "en"),
        ("Wie reinige ich den Filter und die Pumpe?", "de"),
        ("What?", "en"),
        ("", "en"),
    ],
)
def test_what_asks_one_thing_stays_whole(message: str, language: str) -> None:
    assert subquestions(message, language) == (Subquestion(message, message),)


def test_what_is_told_goes_with_the_question_it_stands_by() -> None:
    message = (
        "I bought a Vole. How do I connect it to Wi-Fi? The lamp is red. What does error E7 mean? It is new."
    )

    assert texts(message) == [
        "I bought a Vole. How do I connect it to Wi-Fi?",
        "The lamp is red. What does error E7 mean? It is new.",
    ]
    assert [one.asked for one in subquestions(message, "en")] == [
        "How do I connect it to Wi-Fi?",
        "What does error E7 mean?",
    ]


def test_a_question_that_says_nothing_alone_goes_with_the_one_before() -> None:
    message = "Do you ship to Ireland? Is it free? How long is the warranty?"

    assert texts(message) == ["Do you ship to Ireland? Is it free?", "How long is the warranty?"]


def test_who_asks_too_many_things_is_searched_for_at_once() -> None:
    asked = ["the pump", "the lamp", "the filter", "the hose", "the door", "the drum"]
    message = " ".join(f"How do I clean {thing}?" for thing in asked)

    assert len(asked) == MOST + 1
    assert texts(message) == [message]
    assert len(texts(message.replace("How do I clean the drum?", ""))) == MOST


def test_a_question_is_shown_in_one_line_and_not_too_long() -> None:
    assert shown(Subquestion("", "and how long\n is the warranty?")) == "How long is the warranty?"
    assert shown(Subquestion("", "Und was kostet das?")) == "Was kostet das?"
    long = shown(Subquestion("", f"How {'very ' * 100}long?"))
    assert len(long) <= LONGEST_ASKED
    assert long.endswith("…")
