"""Facts: numbers, dates, denials, codes and names are read in one way, whatever the notation."""

import pytest

from knowledge.facts import (
    affirmed,
    dates_in,
    denials_in,
    is_denial,
    names_in,
    negates,
    opposites_of,
    proper_names,
    quantities_in,
    softly_denies,
    value,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1.299,50", "1299.5"),
        ("1,299.50", "1299.5"),
        ("1 299,50", "1299.5"),
        ("1'299.50", "1299.5"),
        ("1.299", "1299"),
        ("12,000,000", "12000000"),
        ("0.125", "0.125"),
        ("2,5", "2.5"),
        ("49,00", "49"),
        ("007", "7"),
        ("3:1", "3:1"),
        ("10.0.1", "10.0.1"),
    ],
)
def test_a_number_has_one_spelling(written: str, expected: str) -> None:
    assert value(written) == expected


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("two years", "24 months", "en"),
        ("a 24-month warranty", "24 months", "en"),
        ("36 (thirty-six) months", "3 years", "en"),
        ("zwei Wochen", "14 Tage", "de"),
        ("1.299,50 €", "EUR 1,299.50", "de"),
        ("un an", "12 mois", "fr"),
        ("5 GB", "5000MB", "en"),
        ("10 %", "ten percent", "en"),
        ("90 minutes", "1,5 heures", "fr"),
        ("minus 10 °C", "-10 °C", "en"),
        ("\u221210 °C", "-10 degrees", "en"),
        ("3-5 days", "3\u20135 days", "en"),
        ("- 5 GB", "5 GB", "en"),
        ("\n-5 GB", "5 GB", "en"),
    ],
)
def test_the_same_amount_is_equal_however_it_is_said(one: str, other: str, language: str) -> None:
    assert quantities_in(one, language) == quantities_in(other, language) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("24 months", "24 days"),
        ("5 ml", "5 l"),
        ("49 €", "$49"),
        ("10 %", "10"),
        ("3:1", "31"),
        ("-10 °C", "10 °C"),
        ("3-5 days", "3-9 days"),
        ("call 555-1234", "call 555-1235"),
    ],
)
def test_amounts_of_other_things_differ(one: str, other: str) -> None:
    assert quantities_in(one) != quantities_in(other)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("< 5 kg", "<"),
        ("at most 5 kg", "<"),
        ("no more than 5 kg", "<"),
        ("höchstens 5 kg", "<"),
        ("≥ 5 kg", ">"),
        ("over 5 kg", ">"),
        ("no less than 5 kg", ">"),
        ("más de 5 kg", ">"),
        ("it weighs 5 kg", ""),
    ],
)
def test_whether_a_number_is_the_most_or_the_least_is_known(text: str, bound: str) -> None:
    assert [one.bound for one in quantities_in(text)] == [bound]


@pytest.mark.parametrize("text", ["Error E-42", "the Aroma 3000", "on 5 March 2026", "one of the lamps"])
def test_numbers_of_names_dates_and_articles_are_no_quantities(text: str) -> None:
    assert quantities_in(text, "en") == []


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("2026-03-05", "en"),
        ("5.3.2026", "de"),
        ("5. März 2026", "de"),
        ("3/5/2026", "en"),
        ("5/3/2026", "fr"),
        ("March 5th, 2026", "en"),
        ("5 de marzo de 2026", "es"),
        ("5 maart 2026", "nl"),
    ],
)
def test_a_date_is_one_day_in_all_notations(written: str, language: str) -> None:
    assert [str(date) for date in dates_in(written, language)] == ["2026-03-05"]


def test_a_date_that_says_less_is_said_by_one_that_says_more() -> None:
    (month,), (day,), (other,) = dates_in("March 2026"), dates_in("2026-03-05"), dates_in("2026-04-05")

    assert month.is_said_by(day)
    assert not day.is_said_by(month)
    assert not month.is_said_by(other)


def test_may_is_a_month_only_beside_a_number() -> None:
    assert dates_in("You may open it.") == []
    assert [str(date) for date in dates_in("since May 2024")] == ["2024-05"]


@pytest.mark.parametrize(
    ("text", "language", "denies"),
    [
        ("It doesn’t leak.", "en", True),
        ("It leaks, no matter what.", "en", False),
        ("Not only the lid leaks.", "en", False),
        ("Es ist keine Garantie.", "de", True),
        ("Im Mai ist es offen.", "de", False),
        ("No se puede abrir.", "es", True),
        ("Sin embargo, se puede.", "es", False),
        ("Ce n'est pas couvert.", "fr", True),
        ("Non si può aprire.", "it", True),
        ("Não abra.", "pt", True),
        ("Dat is niet gedekt.", "nl", True),
    ],
)
def test_a_denial_is_seen_in_its_language(text: str, language: str, denies: bool) -> None:
    assert negates(text, language) is denies


def test_what_a_denying_word_denies_is_known() -> None:
    assert [affirmed(word) for word in ("cannot", "won’t", "lid")] == ["can", "will", ""]
    assert is_denial("ningún")
    assert len(denials_in("It can't and won't.", "en")) == 2


def test_what_is_forbidden_is_denied_softly() -> None:
    assert softly_denies("Smoking is prohibited.", "en")
    assert not softly_denies("Smoking is allowed.", "en")


def test_names_are_told_from_words_at_the_beginning_of_a_sentence() -> None:
    assert proper_names("Open it. Ask Berlin about the USB port.") == {"berlin", "usb"}
    assert names_in("Use the Aroma 3000 when E-42 shows, after 24 months.") == {"aroma 3000", "e-42"}


def test_an_opposite_has_its_own_as_opposite() -> None:
    assert "close" in opposites_of("en")["open"]
    assert "open" in opposites_of("en")["close"]
    assert opposites_of("xx") == {}
