"""Quotas: the limits of an assistant, ours unless it has its own in ``Assistant.quotas``.

``clean_quotas`` is what a form of staff calls. A limit of 0 limits nothing.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from chat.limits.rates import Rate

MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds
MOST = 1_000_000

# By customer: whoever holds one secret.
QUESTIONS_PER_MINUTE: Final = "questions_per_minute"
QUESTIONS_PER_DAY: Final = "questions_per_day"
SOCKETS: Final = "sockets"  # at the same time
# By address: of a household, an office or a carrier, so that these are wider.
ADDRESS_QUESTIONS: Final = "address_questions_per_minute"
ADDRESS_SOCKETS: Final = "address_sockets_per_minute"
ADDRESS_CONVERSATIONS: Final = "address_conversations_per_hour"
# By assistant.
ASSISTANT_QUESTIONS: Final = "assistant_questions_per_day"
# By socket.
FRAMES: Final = "frames_per_minute"

DEFAULTS: Mapping[str, int] = {
    QUESTIONS_PER_MINUTE: 20,
    QUESTIONS_PER_DAY: 200,
    SOCKETS: 5,
    ADDRESS_QUESTIONS: 60,
    ADDRESS_SOCKETS: 30,
    ADDRESS_CONVERSATIONS: 10,
    ASSISTANT_QUESTIONS: 0,
    FRAMES: 120,
}
PERIODS: Mapping[str, int] = {
    QUESTIONS_PER_MINUTE: MINUTE,
    QUESTIONS_PER_DAY: DAY,
    ADDRESS_QUESTIONS: MINUTE,
    ADDRESS_SOCKETS: MINUTE,
    ADDRESS_CONVERSATIONS: HOUR,
    ASSISTANT_QUESTIONS: DAY,
    FRAMES: MINUTE,
}


def clean_quotas(quotas: Mapping[str, Any]) -> dict[str, int]:
    """Return the limits of an assistant as they may be stored; None, as an empty field gives it, means ours.

    Raises:
        ValidationError: A name is unknown, or a limit is no whole number; one sentence for each.
    """
    wrong = [
        _("“%(name)s” is no limit. There are: %(known)s.") % {"name": name, "known": ", ".join(DEFAULTS)}
        for name in quotas
        if name not in DEFAULTS
    ]
    wrong += [
        _("“%(name)s” must be a whole number from 0 to 1,000,000; 0 limits nothing.") % {"name": name}
        for name, value in quotas.items()
        if name in DEFAULTS and value is not None and not _is_limit(value)
    ]
    if wrong:
        raise ValidationError(wrong)
    return {name: int(value) for name, value in quotas.items() if value is not None}


def limit_of(quotas: Mapping[str, Any], name: str) -> int:
    """Return a limit of an assistant; 0: none. What is stored and makes no sense counts as not stored."""
    value = quotas.get(name) if isinstance(quotas, Mapping) else None
    return int(value) if _is_limit(value) else DEFAULTS[name]  # type: ignore[arg-type]  # a number, as checked


def rate_of(quotas: Mapping[str, Any], name: str) -> Rate | None:
    """Return a limit of an assistant as a rate; None: no limit."""
    most = limit_of(quotas, name)
    return Rate(most, PERIODS[name]) if most else None


def _is_limit(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST
