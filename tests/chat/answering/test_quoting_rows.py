"""Which rows of a table are quoted: by codes, by the figures their ranges hold, by rare words."""

import pytest

from chat.answering.quoting.choosing import choose
from chat.answering.quoting.meeting import read
from chat.answering.quoting.parts import parts_of
from chat.answering.quoting.rows import MOST_ROWS, WHOLE, rows_of
from tests.factories import passage

HARDNESS = (
    "| Level | German degrees | Clarke degrees | Salt used per refill of 1.2 kg |\n"
    "| H1 | 0 to 6 °dH | 0 to 7 | No salt needed |\n"
    "| H2 | 7 to 11 °dH | 8 to 14 | about 100 cycles |\n"
    "| H3 | 12 to 17 °dH | 15 to 21 | about 60 cycles |\n"
    "| H4 | 18 to 24 °dH | 22 to 30 | about 40 cycles |\n"
    "| H5 | 25 to 36 °dH | 31 to 45 | about 25 cycles |"
)
CODES = (
    "| Code | Meaning | What to do |\n"
    "| R1 | A wheel of the robot hangs in the air | Put the Vole on the floor |\n"
    "| R2 | The brush is blocked | Clear the brush; an error of the motor is rare |\n"
    "| R4 | The bin is missing | Put the bin in |\n"
    "| R5 | The bumper is stuck | Knock on it for 7 seconds |"
)


def shown(question: str, table: str, language: str = "en") -> list[str]:
    """Return the first cells of the rows that are shown, without the header's."""
    source = passage(table, kind="table", language=language)
    rows = rows_of(read(question, language, [source], {}), parts_of(source)[0], language, question)
    return [row.split("|")[1].strip() for row in rows[1:]]


@pytest.mark.parametrize(
    ("question", "level"),
    [
        ("Which salt level for 20 °dH?", "H4"),
        ("My water has 20°dH. How much salt is needed?", "H4"),
        ("What salt level do I need at 20 Clarke?", "H3"),
        ("Is salt needed with 7 °dH?", "H2"),
        ("Salt level for 16.5 °dH?", "H3"),
    ],
)
def test_a_figure_picks_the_row_whose_range_holds_it_in_its_column(question: str, level: str) -> None:
    assert shown(question, HARDNESS) == [level]


@pytest.mark.parametrize(
    ("low", "middle", "high"),
    [
        ("0-14", "15-21", "22-40"),
        ("0–14 °dH", "15–21 °dH", "22–40 °dH"),
        ("0 °dH – 14 °dH", "15 °dH – 21 °dH", "22 °dH – 40 °dH"),
        ("up to 14", "15 to 21", "over 21"),
        ("< 15", "15 to 21 °dH", "> 21 °dH"),
        ("14 or less", "between 15 and 21", "22 or more"),
        ("14 °dH or less", "15 - 21", "22+"),
        ("under 15", "15 bis 21", "from 22"),
        ("bis 14", "15 bis 21", "ab 22"),
        ("at most 14", "entre 15 y 21", "no less than 22"),
    ],
)
def test_ranges_are_read_in_many_notations(low: str, middle: str, high: str) -> None:
    table = f"| Water | Salt |\n| {low} | no salt |\n| {middle} | little salt |\n| {high} | much salt |"

    assert [shown(f"Salt for water of {n}?", table) for n in (9, 20, 30)] == [[low], [middle], [high]]


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("What does delivery of 12 kg cost?", "10 to 30 kg"),
        ("What does delivery of 4,500 g cost?", "up to 10 kg"),
        ("What does delivery cost above 30 kg?", "over 30 kg"),
        ("Does delivery of 30 kg cost more?", "10 to 30 kg"),
    ],
)
def test_a_figure_is_held_against_ranges_in_its_unit(question: str, row: str) -> None:
    table = (
        "| Weight | Delivery | Price |\n| up to 10 kg | 2 to 40 days | 5 € |\n"
        "| 10 to 30 kg | 4 to 50 days | 9 € |\n| over 30 kg | 5 to 60 days | What you ask for |"
    )

    assert row in shown(question, table)
    assert len(shown(question, table)) == 1


def test_a_range_of_temperatures_may_begin_below_zero() -> None:
    table = "| Air | Oil |\n| -20 to -6 °C | thin |\n| -5 to 5 °C | normal |\n| 6 to 30 °C | thick |"

    assert shown("Which oil at -10 °C?", table) == ["-20 to -6 °C"]
    assert shown("Which oil at 0 °C?", table) == ["-5 to 5 °C"]


def test_a_number_of_something_else_picks_no_row() -> None:
    assert shown("I have 3 dishwashers: where is no salt needed?", HARDNESS) == ["H1"]


def test_every_code_of_the_question_has_its_row() -> None:
    meanings = {10: "Fault of the pump", 11: "Follows E10 where the pump is hot", 23: "Lid open"}
    table = "\n".join(
        ["| Code | Meaning |", *(f"| E{n} | {meanings.get(n, f'Fault {n * 7}')} |" for n in range(10, 30))]
    )

    assert shown("What do E10 and E23 of the pump mean?", table) == ["E10", "E23"]


def test_every_part_that_is_asked_for_has_its_row() -> None:
    names = ["Filter", "Drain pump", "Cutlery basket", "Spray arm", "Door seal", "Hose"]
    table = "\n".join(["| Part | Price |", *(f"| {name} | {9 + n} € |" for n, name in enumerate(names))])

    found = shown("What do the cutlery basket, the filter and a hose cost?", table)

    assert found == ["Filter", "Cutlery basket", "Hose"]


def test_a_row_that_adds_only_a_common_word_is_not_shown() -> None:
    table = (
        "| Part | What to do |\n| Filter | Clean under the tap of the machine |\n"
        + "\n".join(f"| Thing {number} | Look at it in the machine |" for number in range(9))
        + "\n| Seal | Wipe |"
    )

    assert shown("How do I clean the filter?", table) == ["Filter"]


def test_a_row_with_the_code_goes_before_rows_that_share_words() -> None:
    assert shown("The Vole robot shows error R4, is the brush motor blocked?", CODES) == ["R4"]


def test_the_code_of_a_model_in_many_rows_leaves_the_words_to_tell() -> None:
    table = (
        "| Part | Number | Fits |\n| Filter | WT-40105 | CV-601, CV-452 |\n"
        "| Spray arm | WT-40122 | CV-601 |\n| Spray arm | WT-40123 | CV-452 |\n"
        "| Drain pump | WT-40211 | CV-601 |"
    )

    assert shown("Number of the drain pump and the filter for the CV-601?", table) == ["Filter", "Drain pump"]


def test_rows_of_other_codes_than_the_one_named_are_not_shown() -> None:
    question = "What is error R7 on the Vole?"
    source = passage(CODES, kind="table")
    asked = read(question, "en", [source], {})

    assert rows_of(asked, parts_of(source)[0], "en", question) == ()
    assert choose(asked, source, question) is None


def test_without_the_code_the_best_sentence_beside_the_table_speaks_without_leading_to_it() -> None:
    prose = "An error of the Vole is shown on its lid."
    source = passage(
        f"{prose} Nothing else blinks there.\n\nThe codes of the Vole mean:\n\n{CODES}", kind="table"
    )
    question = "What is error R7 on the Vole?"

    found = choose(read(question, "en", [source], {}), source, question)

    assert found is not None
    assert found.rows == ()
    assert found.text.startswith(prose)
    assert "codes" not in found.text
    assert found.end <= source.text.index("The codes")


def test_a_code_of_another_kind_than_the_rows_does_not_hide_them() -> None:
    assert shown("Which salt level for 20 °dH in the CV-601?", HARDNESS) == ["H4"]


@pytest.mark.parametrize(("count", "expected"), [(WHOLE, WHOLE), (WHOLE + 1, MOST_ROWS)])
def test_a_short_table_is_shown_whole_where_nothing_tells_its_rows_apart(count: int, expected: int) -> None:
    table = "\n".join(["| Shop | Town |", *(f"| Name{'x' * n} | Place{'y' * n} |" for n in range(count))])

    assert len(shown("Which shops are there in every town?", table)) == expected


def test_a_table_without_a_body_gives_its_header() -> None:
    source = passage("| Shop | Town |", kind="table")

    assert rows_of(read("Which shop?", "en", [source], {}), parts_of(source)[0], "en") == ("| Shop | Town |",)
