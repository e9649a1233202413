"""Rates: the formula, and that the script in Redis comes to the same numbers."""

import secrets

from hypothesis import given, settings
from hypothesis import strategies as st

from chat.limits.counting import Charge, check
from chat.limits.rates import MICROSECONDS, Meter, Rate, spend, whole_seconds

START = 1_800_000_000 * MICROSECONDS
rates = st.builds(Rate, st.integers(1, 50), st.integers(1, 100))
pauses = st.lists(st.integers(0, 20 * MICROSECONDS), min_size=1, max_size=60)


def test_a_burst_passes_and_then_one_each_interval() -> None:
    meter = Meter(Rate(3, 60))

    waits = [meter.spend(1000.0) for _ in range(5)]

    assert waits == [0, 0, 0, 20, 20]
    assert meter.spend(1019.9) == 1
    assert meter.spend(1020.0) == 0
    assert meter.spend(1020.0) == 20


@given(rates, pauses)
def test_whoever_waits_as_told_passes_and_whoever_comes_earlier_does_not(
    rate: Rate, given: list[int]
) -> None:
    arrival, now = 0, START
    for pause in given:
        now += pause
        arrival, wait = spend(arrival, now, rate)

        if wait > 1:
            assert spend(arrival, now + wait - 1, rate)[1] > 0
        if wait:
            assert spend(arrival, now + wait, rate)[1] == 0
            assert spend(arrival, now + whole_seconds(wait) * MICROSECONDS, rate)[1] == 0


@given(rates, pauses)
def test_no_more_pass_than_the_burst_and_one_each_interval(rate: Rate, given: list[int]) -> None:
    arrival, now, passed = 0, START, 0
    for pause in given:
        now += pause
        arrival, wait = spend(arrival, now, rate)
        passed += wait == 0

        assert passed <= rate.most + (now - START) // rate.interval


@settings(max_examples=40)
@given(rates, pauses)
def test_redis_counts_like_the_formula(rate: Rate, given: list[int]) -> None:
    charge = Charge("test", secrets.token_hex(8), rate)
    arrival, now = 0, START
    for pause in given:
        now += pause
        arrival, wait = spend(arrival, now, rate)

        refusal = check([charge], now)

        assert (refusal.retry_after if refusal else 0) == whole_seconds(wait)
