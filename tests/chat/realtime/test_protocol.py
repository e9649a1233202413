"""The protocol: every raw text is a typed frame or a sentence about what is wrong with it."""

import json
import uuid
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.realtime.protocol import (
    MOST_BYTES,
    READERS,
    Ask,
    BadFrame,
    Contact,
    Forget,
    GiveFeedback,
    Handoff,
    Hello,
    Identify,
    Ping,
    Resume,
    Seen,
    Stop,
    Typing,
    read,
)

TOKEN = "a" * 43
ID = uuid.UUID(int=5)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
fields = (
    "v",
    "token",
    "assistant",
    "last_seq",
    "client_id",
    "text",
    "answer",
    "message",
    "helpful",
    "reason",
    "wanted",
    "identity",
    "active",
    "seq",
)


def hello(**changes: object) -> str:
    """Return a hello in which something is changed."""
    return json.dumps({"type": "hello", "v": 1, "assistant": "demo", "token": TOKEN, **changes})


@pytest.mark.parametrize(
    ("frame", "typed"),
    [
        ({"type": "hello", "v": 1, "assistant": "demo", "token": TOKEN}, Hello("demo", TOKEN, 0)),
        (
            {"type": "hello", "v": 1, "assistant": "demo", "token": TOKEN, "last_seq": 7},
            Hello("demo", TOKEN, 7),
        ),
        (
            {
                "type": "hello",
                "v": 2,
                "assistant": "demo",
                "token": TOKEN,
                "locale": "de",
                "page_title": "Shop",
            },
            Hello("demo", TOKEN, 0, "de", "", "", "Shop"),
        ),
        ({"type": "handoff", "wanted": True}, Handoff(True)),
        ({"type": "contact", "email": "cleo@example.com"}, Contact("", "cleo@example.com")),
        ({"type": "identify", "identity": "a.b.c"}, Identify("a.b.c")),
        ({"type": "typing", "active": False}, Typing(False)),
        ({"type": "seen", "seq": 4}, Seen(4)),
        ({"type": "forget"}, Forget()),
        ({"type": "ask", "client_id": str(ID), "text": "Hi"}, Ask(ID, "Hi")),
        ({"type": "stop", "answer": str(ID)}, Stop(ID)),
        ({"type": "feedback", "message": str(ID), "helpful": False}, GiveFeedback(ID, False, "")),
        (
            {"type": "feedback", "message": str(ID), "helpful": True, "reason": "good"},
            GiveFeedback(ID, True, "good"),
        ),
        ({"type": "resume", "last_seq": 3}, Resume(3)),
        ({"type": "ping"}, Ping()),
        ({"type": "ping", "future": "field"}, Ping()),
    ],
)
def test_a_good_frame_is_read(frame: dict[str, Any], typed: object) -> None:
    assert read(json.dumps(frame)) == typed


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "bad_frame"),
        ("hello", "bad_frame"),
        ("[]", "bad_frame"),
        ("null", "bad_frame"),
        ("[" * 60_000, "bad_frame"),
        ("9" * 10_000, "bad_frame"),
        ('"' + "x" * MOST_BYTES + '"', "bad_frame"),
        ("{}", "unknown_frame"),
        ('{"type": []}', "unknown_frame"),
        ('{"type": "HELLO"}', "unknown_frame"),
        ('{"type": "hello"}', "bad_frame"),
        (hello(v=3), "bad_frame"),
        (hello(v=True), "bad_frame"),
        (hello(page_url="x" * 1001), "bad_frame"),
        ('{"type": "handoff"}', "bad_frame"),
        ('{"type": "contact", "email": 7}', "bad_frame"),
        ('{"type": "identify"}', "bad_frame"),
        ('{"type": "typing", "active": 1}', "bad_frame"),
        ('{"type": "seen", "seq": -1}', "bad_frame"),
        (hello(token="short"), "bad_frame"),
        (hello(assistant="\ud800"), "bad_frame"),
        (hello(assistant="a\x00"), "bad_frame"),
        (hello(assistant="x" * 61), "bad_frame"),
        ('{"type": "ask", "client_id": "1"}', "bad_frame"),
        ('{"type": "ask", "client_id": 1}', "bad_frame"),
        ('{"type": "stop"}', "bad_frame"),
        (f'{{"type": "feedback", "message": "{ID}", "helpful": 1}}', "bad_frame"),
        (f'{{"type": "feedback", "message": "{ID}", "helpful": true, "reason": 3}}', "bad_frame"),
        ('{"type": "resume", "last_seq": -1}', "bad_frame"),
        ('{"type": "resume", "last_seq": 1.5}', "bad_frame"),
        ('{"type": "resume", "last_seq": true}', "bad_frame"),
        ('{"type": "resume", "last_seq": 9007199254740992}', "bad_frame"),
    ],
)
def test_a_bad_frame_is_named_with_a_sentence(raw: str, code: str) -> None:
    with pytest.raises(BadFrame) as error:
        read(raw)

    assert error.value.code == code
    assert str(error.value).endswith(".")


@given(
    st.fixed_dictionaries(
        {"type": st.sampled_from(list(READERS)) | anything},
        optional={
            name: anything | st.just(TOKEN) | st.just(1) | st.just(str(ID)) | st.just(True) for name in fields
        },
    )
)
def test_no_frame_raises_anything_but_a_bad_frame(frame: dict[str, Any]) -> None:
    raw = json.dumps(frame)

    with suppress(BadFrame):
        assert type(read(raw)).__module__ == "chat.realtime.protocol"


@given(st.text(st.characters(), max_size=300) | anything.map(json.dumps))
def test_no_text_raises_anything_but_a_bad_frame(raw: str) -> None:
    with pytest.raises(BadFrame):
        read(raw)
