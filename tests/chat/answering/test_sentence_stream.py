"""The sentence stream: whole sentences, however the model cuts its words."""

from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.answering.sentence_stream import whole_sentences
from chat.errors import ModelFailed

SENTENCES = (
    "Hold the button. ",
    "Wait for 3.5 seconds! [1] ",
    "See no. 5 of the list [2]. ",
    "Dr. Ben knows, e.g. about lime.[1][2] ",
    'He said "Stop." and went. ',
    "“Really?” (Yes.) ",
    "It works… usually. [1, 2]\n",
    "1. Press it.\n",
    "- Item with E-42\n",
    "Das ist gut. ",
    "電源ボタンを押します。",
    "Visit example.com today. ",
)


async def streamed(pieces: Sequence[str | Exception]) -> AsyncIterator[str]:
    """Yield the pieces; raise what is an exception."""
    for piece in pieces:
        if isinstance(piece, Exception):
            raise piece
        yield piece


async def whole(*pieces: str, language: str = "en") -> list[str]:
    """Return the sentences of a stream of pieces."""
    return [sentence async for sentence in whole_sentences(streamed(pieces), language)]


@given(st.lists(st.sampled_from(SENTENCES), max_size=6), st.data())
async def test_the_sentences_do_not_depend_on_the_cuts(said: list[str], data: st.DataObject) -> None:
    text = "".join(said)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    assert await whole(*pieces) == await whole(text)


@given(st.text(alphabet="ab1.!?[] \n。", max_size=40))
async def test_nothing_gets_lost(text: str) -> None:
    assert "".join(await whole(*text)).split() == text.split()


async def test_a_mark_behind_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    assert await whole("Hold it. [1] [2] Then ", "wait. [3]") == ["Hold it. [1] [2]", " Then wait. [3]"]


async def test_a_sentence_comes_as_soon_as_the_next_one_has_begun() -> None:
    stream = whole_sentences(streamed(["Hold it. ", "T", ModelFailed("gone")]), "en")

    assert await anext(stream) == "Hold it."
    with pytest.raises(ModelFailed):
        await anext(stream)


async def test_an_opening_mark_does_not_yet_say_that_a_sentence_has_ended() -> None:
    assert await whole("Press “Go!” ", "(", "the green one). ", "Done.") == [
        "Press “Go!” (the green one).",
        " Done.",
    ]


async def test_a_stream_without_words_has_no_sentences() -> None:
    assert await whole("", " ", "\n") == []
