"""The engine where a message asks several things: each is searched, decided and answered by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chat.answering.engine import AnswerEngine
from chat.answering.events import AnswerEvent, Cited, Curated, Finished, Found, Text, Turn
from chat.answering.phrases import phrase
from knowledge.passages import Passage
from tests.factories import passage
from tests.fakes import ScriptedModel

WARRANTY = passage("The warranty lasts 24 months.")
SHIPPING = passage("We ship to Ireland within 5 days.")
DOUBTFUL = passage("We ship to Ireland.", nearness=0.45, lead=0.1, words=5.0, coverage=0.4)
STRANGE = passage("The moon is far away.", nearness=0.1, lead=0.0, words=0.0, coverage=0.0)
TWO = "How long is the warranty? And do you ship to Ireland?"
SHELF = {"warranty": (WARRANTY,), "ship": (SHIPPING,), "moon": (STRANGE,)}


async def answered(
    question: str,
    shelf: Mapping[str, Sequence[Passage]] = SHELF,
    model: ScriptedModel | None = None,
    history: Sequence[Turn] = (),
) -> tuple[list[AnswerEvent], str, list[tuple[str, tuple[str, ...]]]]:
    """Return all events, the text and what was searched for, where a word leads to its passages."""
    asked = []

    async def find(sought: str, earlier: Sequence[str]) -> Sequence[Passage]:
        asked.append((sought, tuple(earlier)))
        return [one for word, passages in shelf.items() if word in sought for one in passages]

    events = [event async for event in AnswerEngine(find, model).answer(question, history)]
    return events, "".join(event.text for event in events if isinstance(event, Text)), asked


async def test_each_question_is_searched_for_and_stands_above_its_answer() -> None:
    events, text, asked = await answered(TWO)

    first, second = "How long is the warranty?", "And do you ship to Ireland?"
    assert asked == [(first, ()), (second, ())]
    assert text == (
        "> How long is the warranty?\n\nThe warranty lasts 24 months. [1]\n\n"
        "> Do you ship to Ireland?\n\nWe ship to Ireland within 5 days. [2]"
    )
    assert [event.citation.number for event in events if isinstance(event, Cited)] == [1, 2]
    assert events[-1] == Finished("answered", "quoting")


async def test_the_passages_of_all_questions_are_found_each_once_the_best_first() -> None:
    shelf = {"warranty": (WARRANTY, STRANGE), "ship": (SHIPPING, STRANGE, DOUBTFUL)}

    events, _, _ = await answered(TWO, shelf)

    assert isinstance(events[0], Found)
    assert events[0].passages == (WARRANTY, SHIPPING, STRANGE, DOUBTFUL)


async def test_a_question_without_an_answer_is_left_open_in_so_many_words() -> None:
    events, text, _ = await answered("How long is the warranty? And who walked on the moon first?")

    assert text == (
        "The warranty lasts 24 months. [1]\n\n"
        "I found nothing about this in our documents: “Who walked on the moon first?”"
    )
    assert events[-1] == Finished("answered", "quoting")


async def test_a_question_that_says_hardly_anything_is_not_left_open() -> None:
    _, text, _ = await answered("How long is the warranty? Any advice?")

    assert text == "The warranty lasts 24 months. [1]"


async def test_where_nothing_is_found_for_any_question_it_is_said_once() -> None:
    events, text, _ = await answered("Who walked on the moon? How heavy is the moon?")

    assert text == phrase("declined", "en")
    assert events[-1] == Finished("declined", "none")


async def test_what_answers_both_questions_is_quoted_once() -> None:
    shelf = {"warranty": (WARRANTY,)}

    _, text, _ = await answered("How long is the warranty? What is the warranty of the pump?", shelf)

    assert text == "The warranty lasts 24 months. [1]"


async def test_only_the_answer_that_is_not_sure_says_so() -> None:
    _, text, _ = await answered(TWO, {"warranty": (WARRANTY,), "ship": (DOUBTFUL,)})

    sure, _, doubtful = text.partition("> Do you ship to Ireland?")
    assert phrase("unsure", "en") not in sure
    assert phrase("unsure", "en") in doubtful


async def test_a_model_words_one_answer_from_the_passages_of_all() -> None:
    model = ScriptedModel()
    model.enqueue("The warranty lasts 24 months [1]. We ship to Ireland within 5 days [2].")

    events, text, _ = await answered(TWO, model=model)

    assert text == "The warranty lasts 24 months. [1] We ship to Ireland within 5 days. [2]"
    assert events[-1] == Finished("answered", "model")
    assert TWO in str(model.asked[0])


async def test_what_a_model_was_given_nothing_for_is_left_open_behind_its_words() -> None:
    model = ScriptedModel()
    model.enqueue("The warranty lasts 24 months [1].")

    _, text, _ = await answered("How long is the warranty? Who walked on the moon first?", model=model)

    assert text.startswith("The warranty lasts 24 months. [1]\n\n")
    assert text.endswith("“Who walked on the moon first?”")
    assert "far away" not in str(model.asked[0])


async def test_a_curated_answer_to_one_of_them_wins_over_passages_and_model() -> None:
    source = replace(SHIPPING, chunk_id=0, heading_path=(), text="Only by post.", start=0, end=0)
    curated = Curated(7, "Do you ship to Ireland?", "Only by post.", source, opens=True, url="", score=1.0)

    async def match(question: str) -> Curated | None:
        return curated if question == "And do you ship to Ireland?" else None

    async def find(_sought: str, _earlier: Sequence[str]) -> Sequence[Passage]:
        return [WARRANTY]

    engine = AnswerEngine(find, ScriptedModel(), match)
    events = [event async for event in engine.answer(TWO)]

    assert "".join(event.text for event in events if isinstance(event, Text)) == (
        "> How long is the warranty?\n\nThe warranty lasts 24 months. [1]\n\n"
        "> Do you ship to Ireland?\n\nOnly by post. [2]"
    )
    cited = [event.citation for event in events if isinstance(event, Cited)]
    assert [(one.number, one.passage.heading_path) for one in cited] == [
        (1, WARRANTY.heading_path),
        (2, ("Approved answer",)),
    ]
    assert events[-1] == Finished("answered", "quoting", curated)


async def test_a_customers_own_brackets_are_no_citation() -> None:
    _, text, _ = await answered("How long is the warranty [1]? And do you ship to Ireland [2]?")

    assert "> How long is the warranty (1)?" in text


async def test_nor_are_they_where_nothing_was_found() -> None:
    _, text, _ = await answered("How long is the warranty? Who walked on the moon first [1]?")

    assert text.endswith("“Who walked on the moon first (1)?”")


async def test_a_question_leans_on_the_one_before_it_only_if_it_points_to_it() -> None:
    _, _, asked = await answered("How long is the warranty of the pump? Does it cover the rubber seals?")

    assert asked[1][1] == ("How long is the warranty of the pump?",)


async def test_both_questions_lean_on_what_was_asked_before() -> None:
    _, _, asked = await answered(TWO, history=[Turn("Do you sell pumps?", "Yes.")])

    assert [earlier[0] for _, earlier in asked] == ["Do you sell pumps?"] * 2
