"""Hostile frames: whatever a client sends, the socket answers with a sentence and lives on.

Right frames with fields exchanged, wrong ones of every JSON shape, texts that are no JSON, and
bytes go through routing, consumer, PostgreSQL and Redis. ``HOSTILE_FRAMES`` is how many of each
kind: 440 are more than 5,000 in all, and take minutes.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from chat.models import Assistant
from chat.realtime import limiting
from chat.realtime.consumers import MOST_BAD_FRAMES
from chat.realtime.protocol import MOST_BYTES
from tests.chat.realtime.customers import Customer, Frame, of_type
from tests.factories import assistant, token
from tests.guards.policies import FRAMES

EACH = int(os.environ.get("HOSTILE_FRAMES", "40"))  # examples by kind of frame: 12 kinds
WILD = 2 * EACH  # examples of what is no frame
UNBOUNDED = dict.fromkeys(("questions_per_minute", "questions_per_day", "sockets", "frames_per_minute"), 0)

texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\u202e", "\U000e0041", "' OR 1=1 --", "__proto__",
            "{{7*7}}", "../../etc/passwd", "A" * 5000, "00000000-0000-4000-8000-000000000001",
            "{00000000-0000-4000-8000-000000000001}", "urn:uuid:00000000-0000-4000-8000-000000000001",
            "demo", "null", "NaN", "A" * 43,
        ]
    ),
)  # fmt: skip
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([-1, 0, 2**31, 2**53 - 1, 2**53, 2**63, 2**64, 10**400]),
    st.floats(),
    texts,
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
FIELDS = sorted({name for _reach, given in FRAMES.values() for name in given} | {"type", "reason", "origin"})


@st.composite
def mutants(draw: st.DrawFn, kind: str) -> Frame:
    """Draw a frame of a kind in which some fields are exchanged, left out or added."""
    frame: dict[str, Any] = {"type": kind, **FRAMES[kind][1]}
    for name in draw(st.lists(st.sampled_from([*frame, *FIELDS]), max_size=3)):
        if name == "type":
            continue
        if draw(st.booleans()):
            frame[name] = draw(values)
        else:
            frame.pop(name, None)
    return frame


DEEP = [
    "[" * 30_000,
    '{"type":' * 7_000,
    "[" * 20_000 + "]" * 20_000,
    '{"type":"ask","text":' + "[" * 15_000 + "]" * 15_000 + "}",
    '{"a":' * 5_000 + "1" + "}" * 5_000,
]
wild_texts = st.one_of(
    st.text(max_size=200),
    values.map(json.dumps),
    st.sampled_from(
        [
            "", " ", "null", "0", '""', "[]", "{}", "\ufeff{}", "{'type': 'ask'}", '{"type": "ask"} x', "NaN",
            '{"type": ["ask"]}', '{"type": {"ask": 1}}', '{"type": null}', '{"type": "ask", "type": "ping"}',
            '{"type": "ping", "x": 1e999}', '{"type": "resume", "last_seq": 1e3}', "1" * 5_000, "x" * 70_000,
            '{"type":"seen","seq":' + "9" * 5_000 + "}", "\ud800", *DEEP,
        ]
    ),
)  # fmt: skip


def is_ping(text: str) -> bool:
    """Say whether a text is a ping, which is answered by itself."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(frame, dict) and frame.get("type") == "ping" and len(text.encode()) <= MOST_BYTES


class Rig:
    """One living socket at a time, in one event loop, with a count of what was sent and answered."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.customer: Customer | None = None
        self.sent = self.bad = 0

    def send(self, **message: Any) -> None:
        """Send one message; fail unless the socket answers in order, or closes because it was promised to."""
        self.runner.run(self._send(message))

    async def _send(self, message: dict[str, Any]) -> None:
        if self.customer is None:
            self.customer, self.bad = Customer(token()), 0
            await self.customer.connect()
            await self.customer.send(
                type="hello", v=2, assistant="demo", token=self.customer.secret, last_seq=0
            )
            await self.customer.until(of_type("welcome"))
        self.sent += 1
        await self.customer.send_raw(**message)
        await self.customer.send(type="ping")
        pongs = 2 if is_ping(message.get("text", "")) else 1
        while True:
            output = await self.customer.receive()
            if output["type"] == "websocket.close":
                return await self._closed(output, message)
            frame = json.loads(output["text"])
            self._note(frame)
            pongs -= frame["type"] == "pong"
            if not pongs:
                return None

    def _note(self, frame: Frame) -> None:
        if frame["type"] == "error":
            assert frame["detail"].endswith(".")
            assert frame["code"] not in ("error", "rate_limited")
            self.bad += frame["code"] in ("bad_frame", "unknown_frame")

    async def _closed(self, output: Frame, message: dict[str, Any]) -> None:
        """A socket ends after twenty bad frames, a strange hello, or when forgotten; never otherwise."""
        is_promised = output["code"] == 4400 and self.bad >= MOST_BAD_FRAMES
        is_promised |= output["code"] == 4410 and '"forget"' in message.get("text", "")
        assert is_promised or output["code"] in (4403, 4404), (output, self.bad)
        assert self.customer is not None
        await self.customer.leave()
        self.customer = None

    def close(self) -> None:
        """Leave for good."""
        if self.customer is not None:
            self.runner.run(self.customer.leave())
        self.runner.close()


@pytest.fixture
def rig(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """Return a rig before an assistant whose limits do not stop it."""
    monkeypatch.setattr(limiting, "OF_CUSTOMER", {})
    monkeypatch.setattr(limiting, "OF_SOCKET", {})
    known = connection.settings_dict
    age, known["CONN_MAX_AGE"] = known["CONN_MAX_AGE"], 0
    assistant()
    Assistant.objects.update(quotas=UNBOUNDED)
    rig = Rig()
    yield rig
    rig.close()
    known["CONN_MAX_AGE"] = age


SOME = settings(
    max_examples=EACH,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)


@pytest.mark.parametrize("kind", sorted(FRAMES))
def test_a_frame_with_wrong_fields_is_answered_and_the_socket_lives(rig: Rig, kind: str) -> None:
    @seed(5)
    @SOME
    @given(mutants(kind))
    def go(frame: Frame) -> None:
        rig.send(text=json.dumps(frame))

    go()

    assert rig.sent >= EACH


def test_what_is_no_frame_is_answered_and_the_socket_lives(rig: Rig) -> None:
    @seed(5)
    @settings(SOME, max_examples=WILD)
    @given(
        wild_texts.map(lambda text: {"text": text}) | st.binary(max_size=100).map(lambda raw: {"bytes": raw})
    )
    def go(message: dict[str, Any]) -> None:
        rig.send(**message)

    go()

    assert rig.sent >= WILD


def test_a_frame_of_the_largest_size_is_read_and_one_byte_more_is_not(rig: Rig) -> None:
    head, tail = '{"type":"ping","x":"', '"}'
    room = MOST_BYTES - len(head) - len(tail)

    rig.send(text=head + "x" * room + tail)
    fits = rig.bad
    rig.send(text=head + "x" * (room + 1) + tail)

    assert (fits, rig.bad) == (0, 1)
