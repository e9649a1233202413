"""The builder keeps spans and heading paths right, whatever parsers feed it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.parsing.base import BlockKind, DocumentBuilder, clean

words = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
step = st.one_of(
    st.tuples(st.just("heading"), words, st.integers(1, 6)),
    st.tuples(st.just("paragraph"), words),
    st.tuples(st.just("list_item"), words),
    st.tuples(st.just("code"), words),
    st.tuples(st.just("table"), st.lists(st.lists(words, max_size=3), max_size=3)),
    st.tuples(st.just("question_answer"), words, words),
)


@settings(deadline=None)  # the first call loads the language model
@given(steps=st.lists(step, max_size=12))
def test_spans_point_at_their_text_and_nothing_unstorable_is_left(steps: list[tuple[object, ...]]) -> None:
    builder = DocumentBuilder()
    for name, *arguments in steps:
        getattr(builder, str(name))(*arguments)

    parsed = builder.finish()

    assert all(parsed.text[block.start : block.end] == block.text for block in parsed.blocks)
    assert all(block.text.strip() for block in parsed.blocks)
    assert "\x00" not in parsed.text


def test_a_heading_closes_the_headings_of_its_level_and_below() -> None:
    builder = DocumentBuilder()
    for text, level in (("A", 1), ("B", 2), ("C", 3), ("D", 2)):
        builder.heading(text, level)
    builder.paragraph("words")

    parsed = builder.finish()

    assert [block.heading_path for block in parsed.blocks] == [(), ("A",), ("A", "B"), ("A",), ("A", "D")]


def test_a_heading_too_long_to_be_one_is_a_paragraph() -> None:
    builder = DocumentBuilder()

    builder.heading("word " * 100, 1)

    assert builder.finish().blocks[0].kind is BlockKind.PARAGRAPH


def test_a_document_without_a_title_is_called_after_its_highest_heading() -> None:
    builder = DocumentBuilder()
    builder.heading("Small", 3)
    builder.heading("Great", 1)

    assert builder.finish().title == "Great"


def test_empty_rows_and_columns_of_a_table_go_and_short_rows_are_filled() -> None:
    builder = DocumentBuilder()

    builder.table([["a", "", "b"], ["", "", ""], ["c"]])

    assert builder.finish().blocks[0].rows == (("a", "b"), ("c", ""))


def test_cleaning_drops_what_nobody_sees() -> None:
    assert clean(" a\u200b\u00ad \t b\r\n \n\nc\x00 ") == "a b\nc"
