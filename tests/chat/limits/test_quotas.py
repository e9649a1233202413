"""Quotas: an assistant's own limits, said in sentences where they make no sense."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from chat.limits.quotas import DEFAULTS, PERIODS, clean_quotas, limit_of, rate_of
from chat.limits.rates import Rate


def test_only_what_differs_is_stored() -> None:
    cleaned = clean_quotas({"questions_per_minute": 5, "sockets": None, "assistant_questions_per_day": 0})

    assert cleaned == {"questions_per_minute": 5, "assistant_questions_per_day": 0}


@pytest.mark.parametrize(
    "wrong", [{"speed": 1}, {"sockets": -1}, {"sockets": "5"}, {"sockets": True}, {"sockets": 1.5}]
)
def test_what_is_no_limit_is_said_in_a_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        clean_quotas(wrong)

    (sentence,) = refused.value.messages
    assert next(iter(wrong)) in sentence


def test_a_limit_is_ours_unless_the_assistant_has_its_own() -> None:
    assert rate_of({}, "questions_per_minute") == Rate(20, 60)
    assert rate_of({"questions_per_minute": 3}, "questions_per_minute") == Rate(3, 60)
    assert rate_of({"questions_per_minute": 0}, "questions_per_minute") is None
    assert limit_of({"sockets": "many"}, "sockets") == 5
    assert set(PERIODS) | {"sockets"} == set(DEFAULTS)
