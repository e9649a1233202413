"""Letters: whatever bytes a stranger sends, what matters of them comes out and no error does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.mail.letters import MOST_TEXT, UNREADABLE, read

PLAIN = (
    b"From: =?utf-8?q?Cl=C3=A9o?= <Cleo@Example.com>\r\nTo: Mia <reply+c.1@x.example>, b@x.example\r\n"
    b"Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\nMessage-ID: <1@example.com>\r\n"
)


def html(markup: str) -> str:
    """Return the text that is made of HTML."""
    return read(b"Content-Type: text/html; charset=utf-8\r\n\r\n" + markup.encode()).text


def nested(levels: int) -> bytes:
    """Return a mail of parts in parts."""
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels)
    )


def test_a_mail_is_read() -> None:
    letter = read(PLAIN + b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\xfc\xdfe")

    assert (letter.message_id, letter.sender, letter.subject) == (
        "<1@example.com>",
        "cleo@example.com",
        "Grüße",
    )
    assert letter.recipients == ("reply+c.1@x.example", "b@x.example")
    assert (letter.text, letter.files, letter.automatic) == ("Grüße", (), "")


def test_html_becomes_text_with_its_lines_and_quotations_and_nothing_that_runs_or_is_fetched() -> None:
    text = html(
        "<!DOCTYPE html><head><title>t</title><style>a{}</style></head>"
        "<p>Hello&nbsp;<b>Ben</b>,<!-- c --> it&#39;s red.</p><div>Bye<br>Cleo</div><script>alert(1)</script>"
        "<svg><text>x</text></svg><div class=gmail_quote>On Mon, Nov 3, 2026 Mia wrote:"
        "<blockquote><div>One</div><div>Two</div></blockquote></div><img src='https://evil.example/x.png'>"
    )

    lines = [line for line in text.splitlines() if line.strip("> ")]
    assert lines[:3] == ["Hello Ben, it's red.", "Bye", "Cleo"]
    assert lines[3:] == ["On Mon, Nov 3, 2026 Mia wrote:", "> One", "> Two"]


def test_html_reads_no_file_of_ours() -> None:
    text = html("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><p>&e;</p>")

    assert "root:" not in text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Content-Type: text/plain; charset=nonsense\r\n\r\nHello", "Hello"),
        (b"Content-Type: text/plain; charset=utf-8\r\n\r\nHe\xffllo", "He\ufffdllo"),
        (b"\r\nHello\x00", "Hello"),
        (b"Content-Type: multipart/alternative; boundary=b\r\n\r\nHello", ""),
        (b"Content-Type: image/png\r\n\r\nHello", ""),
        (b"", ""),
    ],
)
def test_of_what_is_damaged_the_rest_is_read(raw: bytes, expected: str) -> None:
    letter = read(raw)

    assert letter.text == expected
    assert letter.message_id.endswith("@no-message-id>")


@pytest.mark.parametrize(
    "raw",
    [
        nested(3_000),
        b"Content-Type: message/rfc822\r\n\r\n" * 3_000,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 50_000,
    ],
)
def test_a_mail_of_too_many_parts_is_kept_as_unreadable(raw: bytes) -> None:
    assert read(raw).automatic == UNREADABLE


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\r\n\r\nHello",
        b"From: " + b"(" * 100_000 + b"\r\n\r\nHello",
        b"To: " + b"a@b.example, " * 100_000 + b"\r\n\r\nHello",
        b"Content-Disposition: inline; " + b"a*0=x; " * 100_000 + b"\r\n\r\nHello",
        b"X: " + b"y\r\n " * 500_000 + b"\r\n\r\nHello",
        b"Content-Type: text/html\r\n\r\n" + b"<blockquote>" * 200_000 + b"Hello",
        b"Content-Type: text/html\r\n\r\n" + b"<div>Hello</div>" * 200_000,
    ],
)
def test_a_hostile_mail_is_read_in_bounded_work(raw: bytes) -> None:
    assert len(read(raw).text) <= MOST_TEXT


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            [PLAIN, b"\r\n", b"--b\r\n", nested(2), b"=?", b"\xff\x00", b"From: <", b'; a="', b"X"]
        )
    )
)
def test_no_bytes_make_an_error(pieces: list[bytes]) -> None:
    letter = read(b"".join(pieces))

    assert len(letter.message_id) <= 300
    assert "\x00" not in letter.text + letter.subject + letter.sender
