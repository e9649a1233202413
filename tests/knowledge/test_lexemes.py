"""Documents and questions meet in their lexemes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lexemes import codes, codes_with_blanks, lexemes, query_lexemes

LANGUAGES = ("en", "de", "es", "fr", "it", "pt", "nl", "ru", "ar", "hi", "tr", "zh", "ja", "ko", "th", "xx")


@pytest.mark.parametrize(
    ("language", "written", "asked"),
    [
        ("en", "Resetting passwords", "reset password"),
        ("en", "wi-fi", "wifi"),
        ("en", "Ada’s machine", "Ada's machines"),
        ("de", "Rückgaben der Geräte", "Ruckgabe Gerät"),
        ("es", "la contraseña", "contrasenas"),
        ("fr", "l’appareil réinitialisé", "appareils reinitialise"),
        ("ru", "новые пароли", "новый пароль"),
        ("tr", "İSTANBUL", "istanbul"),
        ("zh", "电池没电了", "电池"),
        ("ja", "パスワード", "ﾊﾟｽﾜｰﾄﾞ"),
        ("th", "ลืมรหัสผ่าน", "รหัสผ่าน"),
        ("xx", "Überraschung", "uberraschung"),
    ],
)
def test_a_question_reaches_what_is_written(language: str, written: str, asked: str) -> None:
    assert set(query_lexemes(asked, language)) <= set(lexemes(written, language))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("E-42", {"e-42", "e42", "e", "42"}),
        ("WX-3000/B", {"wx-3000/b", "wx3000b", "wx", "3000", "b"}),
        ("0x8007", {"0x8007"}),
        ("v2.1", {"v2.1", "v2", "1"}),
        ("E42", {"e42", "e", "42"}),
        ("C++", {"c++"}),
    ],
)
def test_codes_are_kept_whole_and_in_parts(code: str, expected: set[str]) -> None:
    assert set(lexemes(code, "en")) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What is AG-4431N?", ["ag-4431n", "ag4431n"]),
        ("E42 or ERR_4711", ["e42", "err_4711", "err4711"]),
        ("93.753.838", ["93.753.838", "93753838"]),
        ("error 4711", ["4711"]),
        ("in 2023, 24 months, 3.5 mm", []),
        ("The robot says R5, weighs 5 kg and films in 4K", ["r5"]),
    ],
)
def test_part_numbers_are_known_by_their_look_and_years_are_none(text: str, found: list[str]) -> None:
    assert codes(text) == found


def test_a_code_with_a_blank_for_its_hyphen_is_joined() -> None:
    assert "kt5417n" in codes_with_blanks("What does KT 5417N mean?")
    assert "sna9fp448u" in codes_with_blanks("Do you have SN A9FP 448U?")
    assert "82728556" in codes_with_blanks("82 728 556")
    assert codes_with_blanks("What does it mean?") == []


def test_a_name_with_a_number_is_no_code() -> None:
    assert codes_with_blanks("Does Claude 3 run on Windows 11 or Python 3?") == []


@pytest.mark.parametrize("letter", ["क", "ক", "க", "ಕ", "മ"])
def test_a_word_of_letters_with_vowel_marks_is_read_in_one_go(letter: str) -> None:
    found = lexemes(letter * 2000, "hi")  # 2^2000 steps, were there two ways to read each letter

    assert found == [(letter * 2000)[:64]]


def test_a_long_number_with_dots_is_found_without_them() -> None:
    assert "93753838" in lexemes("Part 93.753.838 fits.", "en")


def test_a_word_stretched_in_arabic_is_the_same_word_and_a_bare_stroke_none() -> None:
    assert lexemes("كـــتاب ـــ", "ar") == lexemes("كتاب", "ar")


def test_a_decimal_is_never_joined() -> None:
    assert "35" not in lexemes("3.5 bar", "en")


def test_lexemes_come_in_order_and_repeat() -> None:
    assert lexemes("pump, tank, pump", "en") == ["pump", "tank", "pump"]


def test_stop_words_are_dropped_from_questions_only() -> None:
    assert query_lexemes("How do I clean the tank?", "en") == ["clean", "tank"]
    assert "the" in lexemes("clean the tank", "en")


def test_a_question_of_stop_words_keeps_them() -> None:
    assert query_lexemes("What is it?", "en") == ["what", "is", "it"]


def test_scripts_without_spaces_become_pairs() -> None:
    assert lexemes("重置密码", "zh") == ["重置", "置密", "密码"]


@given(text=st.text(max_size=200), language=st.sampled_from(LANGUAGES))
def test_lexemes_can_be_stored_whatever_the_text(text: str, language: str) -> None:
    found = lexemes(text, language)

    for lexeme in found:
        assert 0 < len(lexeme) <= 64
        assert not set(lexeme) & set("'\"\\: \t\n\x00")
        assert not any(character.isspace() for character in lexeme)
    assert set(query_lexemes(text, language)) <= set(found)
    assert bool(query_lexemes(text, language)) == bool(found)
