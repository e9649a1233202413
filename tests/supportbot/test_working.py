"""Working: whoever lives or dies meanwhile, a command that waits comes to its end."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from knowledge import heartbeats
from knowledge.ingestion.claims import claim
from knowledge.ingestion.ingest import ingest
from knowledge.ingestion.tasks import say_farewell
from knowledge.models import Heartbeat, State, Version
from supportbot.working import ALIVE, StandIn, wait_for
from tests.factories import accepted

pytestmark = pytest.mark.usefixtures("knowledge")


class Stage:
    """Starts workers that do all open work at once, or none, and counts what happens."""

    def __init__(self, *, is_lazy: bool = False) -> None:
        self.is_lazy = is_lazy
        self.started = self.ended = self.announced = 0

    @contextmanager
    def start(self) -> Iterator[None]:
        self.started += 1
        if not self.is_lazy:
            for version_id in Version.objects.values_list("id", flat=True):
                ingest(version_id)
        yield
        self.ended += 1

    def announce(self) -> None:
        self.announced += 1

    def stand_in(self, patience: float = 60.0) -> StandIn:
        return StandIn(self.announce, self.start, patience)


@pytest.fixture
def queued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    """Queue two documents where no supervisor looks after workers."""
    monkeypatch.delenv("SUPPORTBOT_SUPERVISED", raising=False)
    texts = ["The battery lasts two days.", "The lamp blinks twice."]
    return [accepted(tmp_path, text, f"{number}.txt").version.id for number, text in enumerate(texts)]


def seen(ago: timedelta) -> None:
    """Leave the sign of life that another worker left some time ago."""
    Heartbeat.objects.create(process="worker@a:1", kind="worker", seen_at=timezone.now() - ago)


def states() -> set[str]:
    return set(Version.objects.values_list("state", flat=True))


def waited(queued: list[uuid.UUID], stage: Stage, patience: float = 60.0) -> None:
    with stage.stand_in(patience) as stand_in:
        wait_for(queued, stand_in, quiet=True)


def test_without_a_worker_one_is_started_at_once_and_ended_with_the_wait(queued: list[uuid.UUID]) -> None:
    stage = Stage()

    waited(queued, stage)

    assert (stage.started, stage.announced, stage.ended) == (1, 1, 1)
    assert states() == {State.READY}


def test_a_worker_that_was_killed_a_moment_ago_is_missed_while_waiting(queued: list[uuid.UUID]) -> None:
    stage = Stage()
    seen(ALIVE - timedelta(seconds=1))

    with stage.stand_in() as stand_in:
        counted_as_alive = stage.started == 0
        wait_for(queued, stand_in, quiet=True)

    assert counted_as_alive
    assert (stage.started, stage.ended) == (1, 1)
    assert states() == {State.READY}


def test_a_worker_that_ended_in_peace_is_missed_at_once(queued: list[uuid.UUID]) -> None:
    stage = Stage()
    heartbeats.beat("worker")
    say_farewell()

    with stage.stand_in():
        started = stage.started

    assert started == 1


def test_no_worker_is_started_beside_one_that_works(queued: list[uuid.UUID]) -> None:
    stage = Stage()
    seen(timedelta(0))
    claim(queued[0])

    with stage.stand_in(patience=0.0) as stand_in:
        in_vain = stand_in.look()

    assert (in_vain, stage.started) == (False, 0)


def test_a_worker_that_shows_life_but_does_nothing_is_not_waited_for(queued: list[uuid.UUID]) -> None:
    stage = Stage()
    seen(timedelta(0))

    waited(queued, stage, patience=0.2)

    assert stage.started == 1
    assert states() == {State.READY}


def test_a_worker_that_is_on_its_way_under_the_supervisor_gets_the_same_patience(
    queued: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()
    monkeypatch.setenv("SUPPORTBOT_SUPERVISED", "1")

    with stage.stand_in(patience=0.2) as stand_in:
        at_first = stage.started
        wait_for(queued, stand_in, quiet=True)

    assert (at_first, stage.started) == (0, 1)


def test_where_even_our_own_worker_does_nothing_the_command_works_itself(queued: list[uuid.UUID]) -> None:
    stage = Stage(is_lazy=True)

    waited(queued, stage, patience=0.2)

    assert stage.started == 1
    assert states() == {State.READY}


def test_what_a_dead_worker_held_is_taken_over(queued: list[uuid.UUID]) -> None:
    stage = Stage(is_lazy=True)
    claim(queued[0])
    Version.objects.filter(id=queued[0]).update(lease_until=timezone.now() - timedelta(seconds=1))

    waited(queued, stage, patience=0.2)

    assert states() == {State.READY}
