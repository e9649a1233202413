"""Stripping: what people add stays, what their programs put below it goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.mail.stripping import MARK, reply_in

MARKED = f"{MARK} Please write your reply above this line {MARK}"


@pytest.mark.parametrize(
    "below",
    [
        "",
        "\nOn Mon, Nov 3, 2026 at 10:12 AM Mia <mia@example.com> wrote:\n\n> Hello\n> there",
        "\nOn Mon, Nov 3, 2026 at 10:12 AM Lindmoor Help\n<reply+c.00.aa@example.com> wrote:\n> Hello",
        "\nOn 03.11.26 10:12, Mia and a long name\nof somebody\n<mia@example.com> wrote:\n> Hi",
        f"\nOn Mon, Nov 3, 2026 at 10:12 AM Mia <mia@example.com> wrote:\n\n> {MARKED}\n>\n> Hello",
        "\nAm Mo., 3. Nov. 2026 um 10:12 Uhr schrieb Mia <mia@example.com>:\n\n> Hallo",
        "\nAm 03.11.2026 um 10:12 schrieb Mia:\n> Hallo",
        "\nMia <mia@example.com> schrieb am Mo., 3. Nov. 2026, 10:12:\n\n> Hallo",
        "\nEl lun, 3 nov 2026 a las 10:12, Mia (<mia@example.com>) escribió:\n\n> Hola",
        "\nLe lun. 3 nov. 2026 à 10:12, Mia <mia@example.com> a écrit :\n\n> Bonjour",
        "\nIl giorno lun 3 nov 2026 alle ore 10:12 Mia <mia@example.com> ha scritto:\n\n> Ciao",
        "\nEm seg., 3 de nov. de 2026 às 10:12, Mia <mia@example.com> escreveu:\n\n> Olá",
        "\nOp ma 3 nov 2026 om 10:12 schreef Mia <mia@example.com>:\n\n> Hallo",
        "\nпн, 3 нояб. 2026 г. в 10:12, Mia <mia@example.com> написал(а):\n\n> Привет",
        "\n-----Original Message-----\nFrom: Mia\nHello",
        "\n-----Ursprüngliche Nachricht-----\nVon: Mia\nHallo",
        "\n________________________________\nFrom: Mia\nSent: Monday\nTo: Cleo\nSubject: Hi\n\nHello",
        "\nFrom: Mia <mia@example.com>\nSent: Monday, 3 November 2026\nTo: Cleo\nSubject: Hi\n\nHello",
        "\nVon: Mia <mia@example.com>\nGesendet: Montag, 3. November 2026\nAn: Cleo\nBetreff: Hallo\n\nHallo",
        f"\n{MARKED}\n\nHello Cleo,",
        f"\n\n> {MARKED}\n> Hello",
        "\n> quoted\n> to the end\n",
        "\n-- \nCleo Meyer\nAcme Ltd.",
        "\n\nSent from my iPhone",
        "\nVon meinem iPhone gesendet\n\nAm 03.11.2026 um 10:12 schrieb Mia:\n\n> Hallo",
        "\n\nGet Outlook for iOS\n________________________________\nFrom: Mia\nSent: Monday\nTo: Cleo",
    ],
)
def test_only_what_was_added_is_kept(below: str) -> None:
    words = "Thank you, that works!\n\nBut the lamp – why does it blink?"

    assert reply_in(f"{words}\n{below}") == words
    assert reply_in(f"{words}\n{below}".replace("\n", "\r\n")) == words


@pytest.mark.parametrize(
    "text",
    [
        "I wrote:\n\nHold the button.\n\nand it did not help.",
        "On Monday I called and your colleague wrote: wait.",
        "On Monday your colleague wrote:\n\nwait until Friday\n\nand I did.",
        "From: the start it was broken.\nThank you.",
        "> Which lamp blinks?\n\nThe red one.\n\n> And since when?\n\nSince Monday.",
        "First:\n--- a list\n--- another\nThat is all.",
        "Best regards are fine, but I want an answer.\n\nThanks,\nCleo",
        "Sent from my heart: thank you all, and now to my question, which is a long one. " * 3,
    ],
)
def test_what_only_looks_like_history_stays(text: str) -> None:
    assert reply_in(text) == text.strip()


def test_a_mail_of_nothing_but_history_adds_nothing() -> None:
    assert reply_in("\nOn Mon, Nov 3, 2026 at 10:12 AM Mia wrote:\n\n> Hello\n") == ""
    assert reply_in(f"{MARKED}\nHello") == ""
    assert reply_in("Sent from my iPhone") == ""


@given(st.text(alphabet=st.sampled_from(f"On wrote: >\n-_{MARK[0]}Fromab|"), max_size=400))
def test_no_text_breaks_the_reader_and_nothing_is_made_up(text: str) -> None:
    found = reply_in(text)

    assert found in text.replace("\r", "\n") or set(found.split()) <= set(text.split())


@pytest.mark.parametrize("line", ["On a, b", "From: a", "> a", "-" * 500, "Am x schrieb", "a" * 50_000, MARK])
def test_a_hostile_mail_is_read_in_bounded_work(line: str) -> None:
    assert len(reply_in("\n".join([line] * 4_000))) < 300_000_000
