"""Condensing: a model's stand-alone question is used only if it looks like one."""

import pytest

from chat.answering.condensing import condensed
from chat.answering.events import Turn
from chat.errors import ModelFailed
from tests.fakes import STALL, ScriptedModel, broken_off

HISTORY = [Turn("How do I reset the Aroma 3000?", "Hold the power button for ten seconds. [1]")]
QUESTION = "And how long does it take?"


def saying(*pieces: object) -> ScriptedModel:
    """Return a model that says this."""
    model = ScriptedModel()
    model.enqueue(*pieces)
    return model


@pytest.mark.parametrize(
    "written",
    [
        ("How long does it take to ", "reset the Aroma 3000?"),
        ("  “How long does it take to reset the Aroma 3000?”\n",),
    ],
)
async def test_a_follow_up_is_made_to_stand_alone(written: tuple[str, ...]) -> None:
    model = saying(*written)

    question = await condensed(model, QUESTION, HISTORY)

    assert question == "How long does it take to reset the Aroma 3000?"
    assert "How do I reset the Aroma 3000?" in model.asked[0][-1][1]


async def test_without_history_the_model_is_not_asked() -> None:
    model = saying("Anything.")

    assert await condensed(model, QUESTION, []) == QUESTION
    assert model.asked == []


@pytest.mark.parametrize(
    "written",
    [
        "",
        "  \n",
        "How long does the reset take?\nIt takes ten seconds.",
        "How long does the reset take? " * 20,
        "What does a banana cost in Peru?",
    ],
)
async def test_what_is_no_such_question_is_a_failure(written: str) -> None:
    with pytest.raises(ModelFailed):
        await condensed(saying(written), QUESTION, HISTORY)


async def test_a_model_that_fails_is_a_failure() -> None:
    with pytest.raises(ModelFailed):
        await condensed(saying("How long", broken_off()), QUESTION, HISTORY)


async def test_a_model_that_takes_too_long_is_a_failure() -> None:
    with pytest.raises(ModelFailed, match="too long"):
        await condensed(saying("How", STALL), QUESTION, HISTORY, seconds=0.05)
