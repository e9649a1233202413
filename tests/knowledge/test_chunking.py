"""Chunks keep together what belongs together, and never grow too big."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.chunking import ChunkDraft, split
from knowledge.parsing.base import BlockKind, DocumentBuilder, ParsedDocument

SENTENCE = "Press the round button for ten seconds until the lamp is green. "  # 12 words

Build = Callable[[DocumentBuilder], object]


def document(*steps: Build) -> ParsedDocument:
    """Return a document made by ``steps``."""
    builder = DocumentBuilder()
    for step in steps:
        step(builder)
    return builder.finish()


def heading(text: str, level: int = 1) -> Build:
    return lambda builder: builder.heading(text, level)


def paragraph(text: str) -> Build:
    return lambda builder: builder.paragraph(text)


def item(text: str) -> Build:
    return lambda builder: builder.list_item(text)


def table(rows: list[list[str]]) -> Build:
    return lambda builder: builder.table(rows)


def answer(question: str, text: str) -> Build:
    return lambda builder: builder.question_answer(question, text)


def test_a_chunk_never_crosses_a_heading() -> None:
    parsed = document(heading("Reset"), paragraph(SENTENCE * 4), heading("Clean"), paragraph(SENTENCE * 4))

    chunks = split(parsed)

    assert [chunk.heading_path for chunk in chunks] == [("Reset",), ("Clean",)]


def test_long_prose_is_cut_at_sentence_ends_with_one_sentence_repeated() -> None:
    sentences = [f"Sentence number {number} tells of the pump and the tank." for number in range(40)]
    parsed = document(heading("Reset"), paragraph(" ".join(sentences)))

    chunks = split(parsed)

    assert len(chunks) > 2
    for before, after in pairwise(chunks):
        last = before.text[before.text.rindex("Sentence") :]
        assert after.text.startswith(last)
        assert after.text.count(last) == 1
    assert all(80 <= len(chunk.text.split()) <= 160 for chunk in chunks)


def test_tiny_sections_join_under_their_parent_with_their_headings_in_the_text() -> None:
    parsed = document(
        heading("Codes"),
        heading("E-1", 2),
        paragraph("Fill the tank."),
        heading("E-2", 2),
        paragraph("Close the lid."),
    )

    (chunk,) = split(parsed)

    assert chunk.heading_path == ("Codes",)
    assert chunk.text == "E-1\n\nFill the tank.\n\nE-2\n\nClose the lid."


@pytest.mark.parametrize(
    "second", [[heading("Two", 2), paragraph("Other words.")], [heading("Why?"), paragraph("Because.")]]
)
def test_tiny_sections_stay_apart_if_they_are_no_siblings_or_ask_questions(second: list[Build]) -> None:
    parsed = document(heading("How?"), paragraph("Few words."), *second)

    assert len(split(parsed)) == 2


def test_a_heading_with_only_deeper_headings_gives_no_chunk_and_a_lone_one_does() -> None:
    parsed = document(heading("Manual"), heading("Reset", 2), paragraph(SENTENCE * 3), heading("Appendix"))

    chunks = split(parsed)

    assert [chunk.text for chunk in chunks][1:] == ["Appendix"]
    assert chunks[0].heading_path == ("Manual", "Reset")


def test_a_list_stays_with_its_lead_in() -> None:
    steps = [item(f"{number}. Turn the wheel to the left and listen for a click.") for number in range(1, 6)]
    parsed = document(paragraph(SENTENCE * 8 + "Do this now:"), *steps)

    chunks = split(parsed)

    (with_list,) = [chunk for chunk in chunks if "1. Turn" in chunk.text]
    assert "Do this now:" in with_list.text
    assert "5. Turn" in with_list.text


def test_a_small_table_stays_whole_with_its_lead_in() -> None:
    parsed = document(
        paragraph("These are the codes."), table([["Code", "Meaning"], ["E-42", "Pump is blocked"]])
    )

    (chunk,) = split(parsed)

    assert chunk.text == "These are the codes.\n\n| Code | Meaning |\n| E-42 | Pump is blocked |"


def test_a_big_table_is_split_by_rows_and_every_part_has_the_header() -> None:
    rows = [[f"E-{number}", f"Meaning of the code {number}"] for number in range(100)]
    parsed = document(heading("Codes"), table([["Code", "Meaning"], *rows]))

    chunks = split(parsed)

    assert len(chunks) > 3
    assert all(chunk.text.startswith("| Code | Meaning |\n| E-") for chunk in chunks)
    assert all(chunk.kind is BlockKind.TABLE and len(chunk.text.split()) <= 160 for chunk in chunks)
    assert all(parsed.text[chunk.start : chunk.end] in chunk.text for chunk in chunks)
    assert sum(chunk.text.count("| E-") for chunk in chunks) == 100


def test_one_question_is_one_chunk_and_a_long_answer_keeps_its_question() -> None:
    parsed = document(
        answer("Is it safe?", "Yes."), answer("How?", SENTENCE * 30), answer("Why?", "Because.")
    )

    chunks = split(parsed)

    assert [chunk.question for chunk in chunks] == ["Is it safe?", "How?", "How?", "How?", "Why?"]
    assert chunks[0].text == "Is it safe?\nYes."
    assert all(chunk.kind is BlockKind.QUESTION_ANSWER for chunk in chunks)


def test_chinese_is_measured_in_characters() -> None:
    parsed = document(paragraph("请先关闭电源，然后清洗水箱和滤网。" * 100))

    chunks = split(parsed)

    assert all(len(chunk.text) <= 330 for chunk in chunks)
    assert all(chunk.text.endswith("。") for chunk in chunks)
    assert all(chunk.language == "zh" for chunk in chunks)


def test_pages_go_from_the_first_block_to_the_last() -> None:
    builder = DocumentBuilder()
    for page in (3, 4):
        builder.page = page
        builder.paragraph(SENTENCE * 3)

    (chunk,) = split(builder.finish(pages=4))

    assert (chunk.page, chunk.last_page) == (3, 4)


def test_the_hash_tells_chunks_apart_by_path_and_text() -> None:
    one, same, other = (
        split(document(heading(name), paragraph(SENTENCE * 3)))[0].content_hash for name in ("A", "A", "B")
    )

    assert one == same != other
    assert len(one) == 64


words = st.text(alphabet=st.sampled_from("ab.,?! \n语。ก1-|"), max_size=400)
long_words = st.one_of(words, words.map(lambda text: text * 20), st.integers(1, 9_000).map("x".__mul__))
builds = st.one_of(
    st.builds(heading, words, st.integers(1, 3)),
    st.builds(paragraph, long_words),
    st.builds(item, long_words),
    st.builds(lambda text: lambda builder: builder.code(text), long_words),
    st.builds(table, st.lists(st.lists(long_words, min_size=1, max_size=3), max_size=6)),
    st.builds(answer, words, long_words),
)


def covered(parsed: ParsedDocument, chunks: list[ChunkDraft]) -> set[int]:
    """Return the places of the text that some chunk holds."""
    return {place for chunk in chunks for place in range(chunk.start, chunk.end)}


@settings(max_examples=150, deadline=None)
@example(steps=[heading("1", 1), heading("1", 1), heading("11", 1)])
@given(steps=st.lists(builds, max_size=8))
def test_whatever_the_document_chunks_are_sound(steps: list[Build]) -> None:
    parsed = document(*steps)

    chunks = split(parsed)

    assert chunks == split(parsed)
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    for chunk in chunks:
        assert chunk.text.strip()
        assert len(chunk.text.split()) <= 160
        assert len(chunk.text) <= 8_000
        span = parsed.text[chunk.start : chunk.end]
        assert chunk.text == span or (chunk.kind is BlockKind.TABLE and chunk.text.endswith(span))
    places = covered(parsed, chunks)
    headings = {text for chunk in chunks for text in chunk.heading_path}
    for block in parsed.blocks:
        missing = [place for place in range(block.start, block.end) if place not in places]
        lost = "".join(parsed.text[place] for place in missing).strip()
        assert not lost or (block.kind is BlockKind.HEADING and block.text in headings)
