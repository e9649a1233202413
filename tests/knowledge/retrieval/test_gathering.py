"""Gathering: twins are read once, neighbours as one."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from knowledge.passages import Passage
from knowledge.retrieval.gathering import LONGEST, gather
from tests.factories import passage

TEXT = "First open the flap. Then turn the lid anticlockwise. Now pull the filter out. At last rinse it."


def part(start: int, end: int, **values: Any) -> Passage:
    """Return a stretch of one version's text as a passage."""
    place: dict[str, Any] = {"start": start, "end": end, "version_id": VERSION, "heading_path": ("Filter",)}
    return replace(passage(TEXT[start:end]), **{**place, **values})


VERSION = uuid4()


def test_the_same_text_twice_is_read_once_and_the_better_one_stays() -> None:
    better, twin = (passage(TEXT, heading_path=("Filter",)) for _ in range(2))
    other = passage("Something else is said in this one.")

    assert gather([better, twin, other], 5) == [better, other]


LONG = (
    "{} is covered by a warranty of {} months. To {} the reminder, open the settings of your account, choose "
    "notifications in the list on the left, and press the switch beside the entry for reminders by mail; "
    "what you chose holds on all your devices as soon as you sign in to them again the next time."
)


@pytest.mark.parametrize(
    "other",
    [
        LONG.format("The Aroma 4000", 24, "enable"),
        LONG.format("The Aroma 3000", 36, "enable"),
        LONG.format("The Aroma 3000", 24, "disable"),
        LONG.format("The Aroma 3000", 24, "enable").replace("the settings", "Android"),
    ],
)
def test_nearly_the_same_words_with_another_fact_are_read_as_well(other: str) -> None:
    first, second = passage(LONG.format("The Aroma 3000", 24, "enable")), passage(other)

    assert gather([first, second], 5) == [first, second]


def test_the_same_words_below_the_name_of_another_thing_are_read_as_well() -> None:
    first, second = passage(TEXT, heading_path=("Aroma 3000",)), passage(TEXT, heading_path=("Aroma 4000",))

    assert gather([first, second], 5) == [first, second]


def test_an_edition_with_less_in_it_is_read_once() -> None:
    whole = passage(LONG.format("The Aroma 3000", 24, "enable"), heading_path=())
    shorter = passage(whole.text.replace(" the next time", ""), heading_path=())

    assert gather([whole, shorter], 5) == [whole]


def test_neighbours_become_one_passage_with_the_text_of_the_document() -> None:
    first, second = part(0, 53), part(21, 79)  # they share a sentence

    (whole,) = gather([second, first], 5)

    assert (whole.start, whole.end, whole.text) == (0, 79, TEXT[:79])
    assert (whole.chunk_id, whole.score) == (second.chunk_id, second.score)


def test_what_is_not_next_to_each_other_under_one_heading_stays_apart() -> None:
    first = part(0, 20)
    others = [part(54, 79), part(20, 53, heading_path=("Else",)), part(20, 53, version_id=uuid4())]

    for other in others:
        assert len(gather([first, other], 5)) == 2


def test_an_edited_passage_is_never_joined() -> None:
    edited = part(0, 20, text="Staff wrote something else here.")

    assert len(gather([edited, part(20, 53)], 5)) == 2


def test_a_joined_passage_does_not_grow_without_end() -> None:
    text = "word " * 400
    parts = [
        passage(text[n : n + 500], start=n, end=n + 500, version_id=VERSION, heading_path=("Filter",))
        for n in range(0, 2000, 500)
    ]

    gathered = gather([parts[0], parts[1], parts[2], parts[3]], 9)

    assert all(len(one.text) <= LONGEST for one in gathered)


def test_no_more_than_asked_for_and_neighbours_further_down_still_join() -> None:
    better, other, neighbour = part(0, 53), passage("Something else is said in this one."), part(54, 79)

    gathered = gather([better, other, neighbour], 2)

    assert len(gathered) == 2
    assert gathered[0].text == TEXT[:53] + "\n" + TEXT[54:79]
