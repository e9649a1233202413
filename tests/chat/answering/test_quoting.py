"""Quoting: an answer in the passages' own words, without any model."""

import re
from collections.abc import Sequence

import pytest

from chat.answering.citing import Citer, marks_in
from chat.answering.events import CitationDraft, Cited, Text
from chat.answering.quoting import quote
from chat.answering.quoting.parts import Kind as PartKind
from chat.answering.quoting.parts import parts_of
from knowledge.passages import Passage
from tests.factories import passage


def quoted(
    question: str, passages: Sequence[Passage], language: str = "en"
) -> tuple[str, list[CitationDraft]]:
    """Return the text of a quoted answer and its citations."""
    pieces = list(quote(question, passages, Citer(), language))
    text = "".join(piece.text for piece in pieces if isinstance(piece, Text))
    return text, [piece.citation for piece in pieces if isinstance(piece, Cited)]


def test_a_table_gives_its_header_and_the_rows_that_match() -> None:
    table = passage(
        "| Code | Meaning |\n| E-41 | Lid open |\n| E-42 | Pump blocked |\n| E-43 | Tank empty |",
        kind="table",
    )

    text, citations = quoted("What does E-42 mean?", [table])

    assert text.splitlines()[:3] == ["| Code | Meaning |", "| --- | --- |", "| E-42 | Pump blocked |"]
    assert "E-41" not in text
    assert "E-43" not in text
    assert text.endswith("[1]")
    assert "E-42" in citations[0].quote


def test_a_list_is_quoted_whole() -> None:
    steps = "1. Unplug the machine.\n2. Wait ten minutes.\n3. Plug it in again."

    text, _ = quoted("How do I restart it?", [passage(steps, kind="list_item")])

    assert text == f"{steps} [1]"


def test_long_prose_gives_the_run_of_sentences_that_meets_the_question() -> None:
    filler = "This is a sentence about nothing in particular that goes on for a while. " * 10
    wanted = "To descale the boiler, pour in two spoons of citric acid."
    prose = passage(f"{filler}{wanted} {filler}".strip())

    text, citations = quoted("How do I descale the boiler?", [prose])

    assert wanted in text
    assert len(text.split()) <= 71
    assert text.removesuffix(" [1]") in prose.text
    assert prose.text[citations[0].start - prose.start : citations[0].end - prose.start] == citations[0].quote


HALF, OTHER_HALF = "The filter costs 49 euros.", "Delivery of parts takes three days."
BOTH = "How much is the filter and how long does the delivery take?"


@pytest.mark.parametrize("other", [{"score": 0.2}, {"score": 0.5, "language": "de"}])
def test_a_second_passage_that_is_far_worse_or_in_another_language_is_silent(
    other: dict[str, object],
) -> None:
    text, _ = quoted(BOTH, [passage(HALF), passage(OTHER_HALF, **other)])

    assert text == f"{HALF} [1]"


def test_a_second_passage_that_adds_nothing_is_silent() -> None:
    text, _ = quoted("What about the filter?", [passage(HALF), passage("A filter is a fine thing to own.")])

    assert text == f"{HALF} [1]"


def test_every_mark_has_its_citation() -> None:
    passages = [passage("The warranty lasts two years."), passage("Keep the receipt.")]

    text, citations = quoted("What about the warranty?", passages)

    assert [int(number) for number in re.findall(r"\[(\d+)\]", text)] == [c.number for c in citations]


def test_a_documents_own_bracketed_number_does_not_pass_for_a_citation() -> None:
    text, _ = quoted("How hot?", [passage("Wash at 40 degrees [3] or less.")])

    assert marks_in(text) == [1]
    assert "40 degrees (3)" in text


def literal(text: str) -> str:
    """Return the words of a text alone."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


LONG = (
    "The Aroma has a tank of two litres. It is made of glass. Many people like its colour, which comes in "
    "three shades that our designers chose with care. "
)


def test_both_halves_of_a_compound_question_are_answered() -> None:
    price = passage("The filter costs 49 euros.")
    time = passage("Delivery of parts takes three days.", score=0.8)
    rest = passage("Our office has plants.", score=0.8)

    text, _ = quoted("How much is the filter and how long does the delivery take?", [price, rest, time])

    assert text == "The filter costs 49 euros. [1]\n\nDelivery of parts takes three days. [2]"


def test_a_passage_that_says_the_same_again_is_silent() -> None:
    first = passage("The filter costs 49 euros in our shop.")
    again = passage("In our shop the filter costs 49 euros.")

    text, _ = quoted("What does the filter cost?", [first, again])

    assert text == "The filter costs 49 euros in our shop. [1]"


def test_a_sentence_that_leans_on_the_one_before_brings_it_along() -> None:
    prose = passage(f"{LONG}The boiler heats water. It needs descaling with citric acid. {LONG}")

    text, _ = quoted("Descaling with citric acid?", [prose])

    assert text.startswith("The boiler heats water. It needs descaling with citric acid.")


def test_headings_are_no_sentences_and_steps_come_whole_with_what_leads_to_them() -> None:
    steps = "1. Switch it off.\n\n2. Pour in citric acid.\n\n3. Rinse it."
    text_of = f"{LONG}\n\nDescaling\n\nTo descale the boiler, do this:\n\n{steps}\n\n{LONG}"

    text, citations = quoted("How do I descale the boiler?", [passage(text_of)])

    expected = (
        "To descale the boiler, do this:\n\n1. Switch it off.\n2. Pour in citric acid.\n3. Rinse it. [1]"
    )
    assert text == expected
    assert literal(text.removesuffix(" [1]")) == literal(citations[0].quote)


def test_code_stays_whole_and_is_fenced() -> None:
    code = "sudo aroma reset --now\nsudo aroma verify --deep"
    source = passage(f"{LONG}\n\nTo verify the reset, run:\n\n{code}\n\n{LONG}", kind="code")

    text, _ = quoted("How do I verify the reset?", [source])

    assert text == f"To verify the reset, run:\n\n```\n{code}\n```\n\n [1]"


def test_a_quote_in_another_language_is_announced_in_the_customers() -> None:
    source = passage("Die Garantie gilt 24 Monate.", language="de")

    text, _ = quoted("How long does the Garantie last?", [source])

    announced, _, shown = text.partition("\n\n")
    assert "Deutsch" in announced
    assert shown == "Die Garantie gilt 24 Monate. [1]"


def test_all_that_is_shown_stands_in_its_quote() -> None:
    table = "| Code | Meaning |\n| E-41 | Lid open |\n| E-42 | Pump blocked |\n| E-43 | Tank empty |"
    mixed = passage(f"{LONG}\n\nThe codes mean:\n\n{table}\n\n{LONG}", kind="table")

    text, citations = quoted("What does code E-42 mean?", [mixed])

    assert "| E-42 | Pump blocked |" in text
    assert "E-43" not in text
    lines = [line for line in text.removesuffix("[1]").splitlines() if literal(line)]
    assert all(literal(line) in literal(citations[0].quote) for line in lines)


def test_a_row_that_was_found_by_its_question_speaks_before_a_clause_that_only_names_the_thing() -> None:
    row = passage(
        "How long is the warranty?\nTwo years on every appliance, five if you register it.",
        kind="question_answer",
        question="How long is the warranty?",
        score=0.23,
    )
    clause = passage(
        "4.2 You register in your account.\n\n4.3 The warranty passes to the next owner at no charge.\n\n"
        + "4.4 Nothing else is said here, at some length, about what is meant. " * 8,
        score=0.19,
    )

    text, _ = quoted("How long is the warranty?", [row, clause])

    assert text.startswith("Two years on every appliance")


@pytest.mark.parametrize("clause", ["4.1 The warranty passes", "4.1 A warranty passes"])  # no 4.1 amperes
def test_the_number_of_a_clause_is_no_amount(clause: str) -> None:
    filler = " This goes on for a while about nothing in particular, and then some more." * 5
    policy = passage(f"{clause} to the next owner.{filler}\n\n4.2 The warranty ends after 24 months.{filler}")

    text, _ = quoted("How long does the warranty last?", [policy])

    assert "24 months" in text
    assert "next owner" not in text


def test_the_line_that_begins_with_a_short_code_answers_what_it_means() -> None:
    chapter = passage(
        "Overloading is the most common cause of creases and of error E3. Load the washing machine loosely.",
        score=0.75,
    )
    codes = passage(
        "| Code | Meaning |\n| E3 | Load out of balance |\n| E4 | Door open |", kind="table", score=0.2
    )

    text, _ = quoted("What does E3 mean on the washing machine?", [chapter, codes])

    assert text.startswith("| Code | Meaning |\n| --- | --- |\n| E3 | Load out of balance |")
    assert "E4" not in text


CHINESE = "本公司成立于一九九八年，总部设在上海，主要生产家用电器，并在全国各地设有销售网点。" * 6
ANSWER_IN_CHINESE = "咖啡机的保修期为两年，自购买之日起计算。"


def test_long_prose_without_spaces_gives_the_run_of_sentences_that_meets_the_question() -> None:
    source = passage(f"{CHINESE}{ANSWER_IN_CHINESE}{CHINESE}", language="zh")

    text, _ = quoted("咖啡机的保修期是多久？", [source], "zh")

    assert ANSWER_IN_CHINESE in text
    assert len(text) <= 150


@pytest.mark.parametrize(
    ("language", "paragraphs", "question"),
    [
        (
            "th",
            [
                "ไส้กรองของเครื่องต้องเปลี่ยนทุกหกเดือน",
                "การรับประกันเครื่องมีอายุสองปีนับจากวันที่ซื้อ",
                "ร้านของเราเปิดทำการทุกวันจันทร์ถึงวันศุกร์",
            ],
            "การรับประกันเครื่องมีอายุกี่ปี",
        ),
        (
            "zh",
            [
                "滤芯需要每六个月更换一次，请在官方网站或授权经销商处购买原装滤芯",
                "整机的保修期为两年，从购买之日起计算，请妥善保管您的购买凭证",
                "我们的门店周一至周五营业，节假日的营业时间请以门店公告为准",
            ],
            "整机的保修期是多久？",
        ),
    ],
)
def test_a_sentence_without_a_stop_or_spaces_is_no_heading(
    language: str, paragraphs: list[str], question: str
) -> None:
    long = [passage("\n\n".join([*paragraphs, *paragraphs[2:] * 8]), language=language)]

    text, _ = quoted(question, long, language)

    assert text.startswith(paragraphs[1])


@pytest.mark.parametrize(
    ("heading", "sentence", "language"),
    [
        ("การรับประกัน", "การรับประกันเครื่องมีอายุสองปีนับจากวันที่ซื้อ", "th"),
        ("保修政策", "保修期为两年，从购买之日起计算。", "zh"),
        ("返品と交換について", "返品は商品の到着後三十日以内に限ります。", "ja"),
    ],
)
def test_a_heading_without_spaces_is_one(heading: str, sentence: str, language: str) -> None:
    source = passage(f"{heading}\n\n{sentence}", language=language)

    assert [part.kind for part in parts_of(source)] == [PartKind.HEADING, PartKind.SENTENCE]
