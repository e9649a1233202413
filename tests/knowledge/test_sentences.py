"""Sentences end where readers think they do."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sentences import has_stops, sentences, word_count


def texts(text: str, language: str = "en") -> list[str]:
    """Return the sentences themselves."""
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["See e.g. Fig. 3 for it.", "The answer is no.", "Really?", "(Yes!)", "Go on"]),
        ("en", ["Dr. Who paid 3.50 at example.com.", "Version v2.1 is out.", "J. Smith agrees."]),
        ("en", ["It is reset.[1]", "Wait ten minutes. [2][3]", "Done."]),
        (
            "de",
            [
                "Am 3. Mai z. B. um 5 Uhr.",
                "Siehe Abb. 4.",
                "Danach nicht.",
                "Siehe auf Seite 3.",
                "Bis zum 3. Mai.",
            ],
        ),
        ("fr", ["Voir p. ex. la fig. 2.", "M. Dupont répond.", "Merci !"]),
        ("es", ["Llame al Sr. López.", "¿Cómo está Ud. hoy?", "Bien."]),
        ("hi", ["यह है।", "वह है।"]),
    ],
)
def test_sentences_end_at_stops_and_not_at_abbreviations(language: str, expected: list[str]) -> None:
    assert texts(" ".join(expected), language) == expected


def test_chinese_sentences_need_no_spaces() -> None:
    assert texts("电池没电了。请充电！好吗？「是的。」然后", "zh") == [
        "电池没电了。",
        "请充电！",
        "好吗？",
        "「是的。」",
        "然后",
    ]


def test_a_line_break_ends_a_sentence_and_a_marker_does_not() -> None:
    assert texts("1. Press it. 2. Hold it.\n- one\n- two") == [
        "1. Press it.",
        "2. Hold it.",
        "- one",
        "- two",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("Hello, world - e.g. 10,000 http://example.com/" + "x" * 90, 6),
        ("보증 기간은 얼마나 되나요?", 4),
        ("वारंटी दो साल की है।", 5),
        ("保修", 1),
        ("退货政策", 2),
        ("这款咖啡机的保修期是两年。", 6),
        ("Aroma 3000 的保修期", 4),
        ("パスワードを忘れました。", 5.5),
        ("การรับประกันมีอายุ 24 เดือน", 6.75),
    ],
)
def test_words_are_counted_in_scripts_without_spaces_too(text: str, words: float) -> None:
    assert word_count(text) == words


@given(text=st.text(alphabet=st.characters(max_codepoint=0xE00), max_size=100))
def test_where_words_have_spaces_between_them_each_is_one(text: str) -> None:
    assert word_count(text) == len(text.split())


@pytest.mark.parametrize(
    ("text", "expected"), [("The end", True), ("保修", True), ("การรับประกัน", False), ("ການຮັບປະກັນ", False)]
)
def test_some_scripts_mark_no_end_of_a_sentence(text: str, expected: bool) -> None:
    assert has_stops(text) is expected


@given(text=st.text(max_size=300))
def test_sentences_cover_all_that_is_not_white_space_in_order(text: str) -> None:
    spans = sentences(text)

    joined = "".join(text[start:end] for start, end in spans)
    assert "".join(joined.split()) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
