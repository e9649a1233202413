"""Whatever happens in whatever order: a few conversations; many are played by ``make faults``."""

import pytest

from tests.chat.realtime.machine import play

RUNS = 6  # of some seconds each


@pytest.mark.usefixtures("demo")
def test_a_conversation_survives_whatever_happens_in_whatever_order() -> None:
    play(RUNS)
