"""Counting: all rates of a deed or none, nobody limited while Redis is away, nobody named in Redis."""

import secrets

import pytest
import redis
from pytest_django import Settings

from chat.limits import counting
from chat.limits.counting import Absence, Charge, acheck, check
from chat.limits.rates import Rate
from chat.limits.seats import give_up, take

NOWHERE = "redis://127.0.0.1:9/0"


def charge(rule: str = "questions", most: int = 2, subject: str = "") -> Charge:
    """Return a charge of somebody nobody else charges."""
    return Charge(rule, subject or secrets.token_hex(8), Rate(most, 60))


def test_a_deed_that_one_rate_refuses_spends_from_none() -> None:
    narrow, wide = charge("narrow", 1), charge("wide", 2)

    first = check([narrow, wide])
    second = check([wide, narrow])
    third = check([wide])
    fourth = check([wide])

    assert (first, third) == (None, None)
    assert second is not None
    assert second.rule == "narrow"
    assert 1 <= second.retry_after <= 60
    assert fourth is not None
    assert fourth.rule == "wide"


async def test_sockets_and_pages_share_one_count() -> None:
    same = charge(most=2)

    assert await acheck([same]) is None
    assert check([same]) is None
    refusal = await acheck([same])

    assert refusal is not None
    assert refusal.rule == "questions"


def test_no_rates_ask_nobody(settings: Settings) -> None:
    settings.REDIS_URL = NOWHERE

    assert check([]) is None


def test_redis_names_nobody(settings: Settings) -> None:
    check([charge(subject="198.51.100.77")])

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        keys = b" ".join(client.scan_iter("supportbot:limits:*"))
    assert keys
    assert b"198.51" not in keys


async def test_while_redis_is_away_nobody_is_limited_and_the_log_says_so(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = NOWHERE
    monkeypatch.setattr(counting, "absence", Absence())
    narrow = charge(most=1)

    passed = [check([narrow]), check([narrow]), await acheck([narrow]), await acheck([narrow])]

    assert passed == [None] * 4
    assert caplog.text.count("nobody is limited while Redis is away") == 1


async def test_redis_is_asked_again_after_a_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    away = Absence()
    away.begin(OSError("away"))
    monkeypatch.setattr(counting, "absence", away)
    narrow = charge(most=1)

    meanwhile = [check([narrow]), check([narrow])]
    monkeypatch.setattr(away, "_until", 0.0)
    check([narrow])

    assert meanwhile == [None, None]
    assert check([narrow]) is not None


async def test_a_seat_is_kept_given_up_and_free_for_the_next() -> None:
    cleo = secrets.token_hex(8)

    taken = [await take(cleo, socket, 2) for socket in ("a", "b", "a")]
    refused = await take(cleo, "c", 2)
    await give_up(cleo, "a")

    assert taken == [0, 0, 0]
    assert 1 <= refused <= 45
    assert await take(cleo, "c", 2) == 0
    assert await take(secrets.token_hex(8), "c", 1) == 0
