"""Suggesting: only questions that our documents answer, in the customer's language, and no question twice."""

from pathlib import Path

from chat.realtime.suggesting import check_suggestions, follow_ups
from chat.realtime.welcoming import about
from tests.factories import assistant, passage, taken_in
from tests.fakes import AxisEmbedder


def test_follow_ups_are_questions_that_were_found_but_not_needed() -> None:
    used = passage("Hold it.", question="How do I reset it?")
    asked = passage("For 24 months.", question="How long is the warranty?")
    headed = passage("Rinse it.", heading_path=("Care", "What does E-42 mean?"))
    again = passage("24 months.", question="How long is the Warranty ?")
    foreign = passage("24 Monate.", question="Wie lange gilt die Garantie?", language="de")
    titled = passage("Rinse it.", heading_path=("Pump",))
    itself = passage("Hold the button.", question="How can I restart it?")
    found = [used, asked, headed, again, foreign, titled, itself]

    offered = follow_ups("how can I restart it", "en", found, {used.chunk_id})

    assert offered == ["How long is the warranty?", "What does E-42 mean?"]


def test_at_most_three_are_offered_and_none_that_is_too_long() -> None:
    found = [passage("x", question=f"What about {'x' * length}?") for length in (99, 1, 2, 3, 4)]

    assert follow_ups("Why?", "en", found, set()) == [f"What about {'x' * length}?" for length in (1, 2, 3)]


def test_a_suggestion_that_finds_no_answer_is_not_shown(
    knowledge: type[AxisEmbedder], tmp_path: Path
) -> None:
    taken_in(tmp_path)
    wanting = "Where can I buy a parrot?"
    mia = assistant(suggestions=["How do I reset the machine?", wanting])

    found_wanting = check_suggestions(mia)

    assert found_wanting == [wanting]
    assert about(mia, None)["assistant"]["suggestions"] == ["How do I reset the machine?"]
