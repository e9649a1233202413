"""Wording: what is shown of what a model says, and with which citations."""

import pytest

from chat.answering.citing import Citer
from chat.answering.events import Cited, Text
from chat.answering.style import Style
from chat.answering.support import Support
from chat.answering.wording import Task, worded
from chat.errors import ModelFailed
from tests.factories import passage
from tests.fakes import ScriptedModel

RESET = "To reset the machine, hold the power button for ten seconds. The lamp then blinks twice."
PRICES = "| Part | Price |\n| Filter | 49 € |\n| Pump | 59 € |"
QUESTION = "How do I reset the machine?"


async def shown(said: str, *texts: str, support: Support | None = None) -> tuple[str, list[str]]:
    """Return the text that is shown of what a model says, and the quotes it cites."""
    model = ScriptedModel()
    model.enqueue(said)
    task = Task(QUESTION, tuple(passage(text) for text in texts), (), Style())
    events = [event async for event in worded(task, model, Citer(), support)]
    text = "".join(event.text for event in events if isinstance(event, Text))
    return text, [event.citation.quote for event in events if isinstance(event, Cited)]


async def test_each_sentence_cites_the_sentence_that_bears_it_out() -> None:
    text, quotes = await shown("The lamp blinks twice [1]. Hold the power button for ten seconds [1].", RESET)

    assert text == "The lamp blinks twice. [1] Hold the power button for ten seconds. [2]"
    assert quotes == ["The lamp then blinks twice.", RESET.partition(" The lamp")[0]]


async def test_a_line_that_leads_to_steps_is_shown_with_them_and_claims_no_citation() -> None:
    said = "Here is how to reset it:\n\n1. Hold the power button for ten seconds [1].\n2. Feed the cat [1]."

    text, quotes = await shown(said, RESET)

    assert text == "Here is how to reset it:\n\n1. Hold the power button for ten seconds. [1]"
    assert len(quotes) == 1


@pytest.mark.parametrize(
    "said",
    [
        "Here is how to reset it:\n\n1. Feed the cat [1].",
        "You are welcome to ask again!",
        "Our founder says that this is how the 12 cats reset it:",
        "It lasts 36 months:",
    ],
)
async def test_what_leads_to_nothing_or_claims_nothing_is_not_shown(said: str) -> None:
    assert await shown(said, RESET) == ("", [])


async def test_a_lead_that_claims_something_of_its_own_is_not_shown_with_what_follows() -> None:
    text, _ = await shown("Not for the 12 cats:\n\nThe lamp then blinks twice [1].", RESET)

    assert text == "The lamp then blinks twice. [1]"


async def test_rows_of_a_table_keep_their_header_and_bear_their_marks_in_the_last_cell() -> None:
    said = "| Part | Price |\n| --- | --- |\n| Filter | 49 € [1] |\n| Pump | 49 € [1] |\n"

    text, quotes = await shown(said, PRICES)

    assert text == "| Part | Price |\n| --- | --- |\n| Filter | 49 € [1] |"
    assert quotes == ["| Filter | 49 € |"]


async def test_a_mark_that_does_not_exist_is_replaced_by_one_that_does() -> None:
    text, quotes = await shown("The lamp blinks twice [7].", RESET)

    assert text == "The lamp blinks twice. [1]"
    assert quotes == ["The lamp then blinks twice."]


async def test_a_sentence_out_of_two_passages_cites_both() -> None:
    lamp = "The lamp of the Aroma glows green after the descaling."
    filter_ = "The filter of the grinder wants washing every week."

    text, quotes = await shown(
        "The lamp glows green after descaling and the filter wants washing [1].", lamp, filter_
    )

    assert text.endswith("washing. [1] [2]")
    assert sorted(quotes) == sorted([lamp, filter_])


async def test_when_most_of_what_a_model_says_falls_its_answer_is_given_up() -> None:
    said = "The lamp blinks twice. Cats purr at night. Dogs bark at cats. Birds sing songs."

    with pytest.raises(ModelFailed):
        await shown(said, RESET)


async def test_a_judge_that_says_no_is_obeyed() -> None:
    async def judge(pairs: object) -> list[float]:
        return [0.0]

    text, _ = await shown("Blinking twice: the lamp. [1]", RESET, support=Support(judge=judge))

    assert text == ""
