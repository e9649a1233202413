"""The sentence stream: whole sentences, however the model cuts its words."""

from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.answering.sentence_stream import EFFORT, LONGEST, whole_sentences
from chat.errors import ModelFailed

SENTENCES = (
    "Hold the button. ",
    "Wait for 3.5 seconds! [1] ",
    "See no. 5 of the list [2]. ",
    "Dr. Ben knows, e.g. about lime.[1][2] ",
    'He said "Stop." and went. ',
    "“Really?” (Yes.) ",
    "It works… usually. [1, 2]\n",
    "Turn it off. [Source 1] ",
    "Use water.[source: 2]【3】 ",
    "It is on [^1]. ",
    "濾芯要清洗。【1】",
    "【注意】熱い。",
    "1. Press it.\n",
    "- Item with E-42\n",
    "Das ist gut. ",
    "電源ボタンを押します。",
    "Visit example.com today. ",
)
ORDINARY = (
    "To reset it, hold the button, e.g. with a pen, for 3.5 seconds [1]. The lamp blinks! [2] Dr. Ben says "
    "“Wait.” (See no. 5.) [Ctrl] and [F1] do nothing.\n\n1. Press it. [1][2]\n2. Wait… [1, 2]\n- Done?\n",
    "| Teil | Preis |\n| --- | --- |\n| Filter | 49 € [1] |\n\nAm 3. Mai, d. h. bald, ist es fertig. [1] "
    "Siehe Abb. 3. Das gilt z. B. für „Aroma“. [2] Gut!\n",
    "電源ボタンを押します。[1]「待つ」と表示。【注意】熱いです！フィルターは？はい。",
    "¿Cuánto cuesta? Cuesta 49 €. [1] «Espere.» Después, p.ej. mañana, llame al Sr. Ben. [2]",
)
# Nothing of them ends a sentence: single letters and abbreviations, words, no blank at all, blanks.
ENDLESS = ("A. " * 2600, "Dr. " * 1950, "word " * 1560, "x" * 7800, "a," * 3900, f"a{' ' * 7000}b")


class CountedLanguage(str):
    """German that counts how often it was asked whether a word is an abbreviation of it."""

    asked = 0

    def __hash__(self) -> int:
        """Count, for every question looks the language up."""
        self.asked += 1
        return super().__hash__()


async def streamed(pieces: Sequence[str | Exception]) -> AsyncIterator[str]:
    """Yield the pieces; raise what is an exception."""
    for piece in pieces:
        if isinstance(piece, Exception):
            raise piece
        yield piece


def in_pieces(text: str, length: int) -> list[str]:
    """Cut a text into pieces of a length."""
    return [text[start : start + length] for start in range(0, len(text), length)]


async def whole(*pieces: str, language: str = "en") -> list[str]:
    """Return the sentences of a stream of pieces."""
    return [sentence async for sentence in whole_sentences(streamed(pieces), language)]


@given(st.lists(st.sampled_from(SENTENCES), max_size=6), st.data())
async def test_the_sentences_do_not_depend_on_the_cuts(said: list[str], data: st.DataObject) -> None:
    text = "".join(said)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    assert await whole(*pieces) == await whole(text)


@pytest.mark.parametrize("text", ORDINARY)
@pytest.mark.parametrize("length", [1, 3, 7])
async def test_a_text_in_small_pieces_has_the_sentences_of_the_whole_text(text: str, length: int) -> None:
    found = await whole(*in_pieces(text, length))

    assert found == await whole(text)
    assert "".join(found).rstrip() == text.rstrip()
    assert len(found) > 4


@pytest.mark.parametrize("text", ENDLESS)
@pytest.mark.parametrize("length", [1, 3, 7])
async def test_a_sentence_without_end_comes_in_parts(text: str, length: int) -> None:
    found = await whole(*in_pieces(text, length))

    assert max(map(len, found)) <= LONGEST
    assert all(map(str.strip, found))
    assert "".join(found).split() == text.split()
    assert found == await whole(text)


async def test_parts_of_a_sentence_without_end_do_not_wait_for_the_rest_of_the_text() -> None:
    stream = whole_sentences(streamed([*in_pieces("A. " * 700, 3), ModelFailed("gone")]), "en")

    assert 0 < len(await anext(stream)) <= LONGEST
    with pytest.raises(ModelFailed):
        await anext(stream)


async def test_abbreviations_without_end_are_looked_at_a_bounded_number_of_times() -> None:
    language, words = CountedLanguage("de"), 1500

    await whole(*in_pieces("Bzw. " * words, 3), language=language)

    assert words <= language.asked <= 2 * EFFORT * words


@given(st.text(alphabet="ab1.!?[] \n。【】", max_size=40))
async def test_nothing_gets_lost(text: str) -> None:
    assert "".join(await whole(*text)).split() == text.split()


async def test_a_mark_behind_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    assert await whole("Hold it. [1] [2] Then ", "wait. [3]") == ["Hold it. [1] [2]", " Then wait. [3]"]


@pytest.mark.parametrize(
    "mark", ["[Source 1]", "[source: 1]", "[^1]", "[1-2]", "【1】", "[1][Quelle 2]", "[100]"]
)
@pytest.mark.parametrize("gap", ["", " ", "  "])
async def test_a_mark_in_another_style_belongs_there_too(gap: str, mark: str) -> None:
    text = f"Hold it.{gap}{mark} Then wait."

    assert await whole(text) == await whole(*text) == [f"Hold it.{gap}{mark}", " Then wait."]


async def test_marks_on_lines_of_their_own_belong_to_the_sentence_before_them() -> None:
    assert await whole("Hold it.\n[1]\n【2】\nThen wait.") == ["Hold it.\n[1]\n【2】", "\nThen wait."]


async def test_what_stands_in_wide_brackets_and_is_no_mark_begins_a_sentence() -> None:
    assert await whole("押します。", "【", "注意", "】", "熱い。") == ["押します。", "【注意】熱い。"]


@pytest.mark.parametrize(
    ("sentence", "following"),
    [
        ("Hold it.", [" ", "T"]),
        ("Hold it, e.g. with Dr. Ben for 3.5 days.", [" ", "“", "T"]),
        ("Hold it. [Source 1]", [" ", "T"]),
        ("押します。", ["次"]),
    ],
)
async def test_a_sentence_comes_as_soon_as_the_next_one_has_begun(
    sentence: str, following: list[str]
) -> None:
    stream = whole_sentences(streamed([*sentence, *following, ModelFailed("gone")]), "en")

    assert await anext(stream) == sentence
    with pytest.raises(ModelFailed):
        await anext(stream)


async def test_each_piece_may_end_a_sentence() -> None:
    stream = whole_sentences(streamed(["Hold it. T", "hen wait. N", ModelFailed("gone")]), "en")

    assert [await anext(stream), await anext(stream)] == ["Hold it.", " Then wait."]
    with pytest.raises(ModelFailed):
        await anext(stream)


async def test_an_opening_mark_does_not_yet_say_that_a_sentence_has_ended() -> None:
    assert await whole("Press “Go!” ", "(", "the green one). ", "Done.") == [
        "Press “Go!” (the green one).",
        " Done.",
    ]


async def test_a_stream_without_words_has_no_sentences() -> None:
    assert await whole("", " ", "\n") == []
