"""Settling: what staff decide about a set is done by the worker, in slices, and can be watched."""

import json
from collections import Counter
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection

from knowledge.embedding.sets import active_set, index_name
from knowledge.errors import PermanentError
from knowledge.models import Act, Embedding, EmbeddingSet, State
from knowledge.reembedding import leasing, making, settling, steering, tasks, verifying
from tests.factories import MANUAL, taken_in
from tests.fakes import AxisEmbedder
from tests.knowledge.reembedding.mirror import OTHER, MirrorEmbedder, activated, made, settled

pytestmark = pytest.mark.usefixtures("knowledge")
MAKE, SETTLE = tasks.make_embedding_set, tasks.settle_embedding_set


@pytest.fixture
def ada(knowledge: object) -> User:
    """Return Ada, who decides."""
    return User.objects.create(username="ada", is_staff=True)


def test_what_takes_long_is_left_to_the_worker_and_its_state_says_so(tmp_path: Path, ada: User) -> None:
    other, first = made(tmp_path), active_set()
    steering.activate(other, ada)
    asked = (active_set(), *state_of(other))
    flipped = settled(other)
    assert first is not None
    steering.discard(first, ada)
    going = state_of(first)
    with pytest.raises(PermanentError, match="being discarded"):
        steering.cancel(first)

    settled(first)

    assert asked == (first, State.QUEUED, "activating")
    assert (active_set(), flipped.state, flipped.stage) == (other, State.READY, "")
    assert going == (State.QUEUED, "discarding")
    assert list(EmbeddingSet.objects.all()) == [other]
    assert set(Embedding.objects.values_list("embedding_set", flat=True)) == {other.pk}
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [index_name(first)])
        assert cursor.fetchone() == (True,)
    done = Act.objects.filter(verb__startswith="embedding set").order_by("id").values_list("verb", "by")
    assert list(done) == [("embedding set activated", ada.pk), ("embedding set discarded", ada.pk)]


def state_of(embedding_set: EmbeddingSet) -> tuple[str, str]:
    """Return state and stage of a set as they are now."""
    embedding_set.refresh_from_db()
    return embedding_set.state, embedding_set.stage


def test_an_activation_that_is_cancelled_meanwhile_flips_nothing(tmp_path: Path) -> None:
    other, first = made(tmp_path), active_set()
    taken_in(tmp_path, "# Filter\n\nWash the filter every month with cold water.", "filter.md")
    steering.activate(other)

    def cancel(_texts: object) -> None:
        AxisEmbedder.meanwhile = None
        steering.cancel(other)

    AxisEmbedder.meanwhile = cancel
    goes_on = settling.settle(other.pk)

    assert goes_on is False
    assert active_set() == first
    assert state_of(other) == (State.READY, "")


def test_an_activation_that_is_cancelled_at_the_last_moment_flips_nothing_either(tmp_path: Path) -> None:
    other, first = made(tmp_path), active_set()
    steering.activate(other)
    MirrorEmbedder.while_asked = lambda: steering.cancel(other)

    goes_on = settling.settle(other.pk)

    assert MirrorEmbedder.while_asked is None, "the model was asked"
    assert goes_on is False
    assert active_set() == first
    assert state_of(other) == (State.READY, "")


def test_a_set_that_finds_far_less_is_not_flipped_to_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "ENOUGH", 3)
    other, first = made(tmp_path), active_set()
    Embedding.objects.filter(embedding_set=other).update(is_searchable=False)

    refused = activated(other)

    assert active_set() == first
    assert refused.state == State.READY
    assert "finds 0% of the questions' documents among the first 5 passages, the active set 100%" in (
        refused.reason
    )


def test_the_way_back_is_open_however_little_the_older_set_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "ENOUGH", 3)
    other, first = made(tmp_path), active_set()
    assert first is not None
    activated(other)
    Embedding.objects.filter(embedding_set=first).update(is_searchable=False)
    EmbeddingSet.objects.filter(pk=first.pk).update(activated_at="2026-01-01T00:00:00Z")

    activated(first)

    assert active_set() == first


def test_a_set_whose_model_is_gone_keeps_nobody_from_flipping_away_from_it(tmp_path: Path) -> None:
    other = made(tmp_path)
    EmbeddingSet.objects.filter(is_active=True).update(embedder="no.such.Model")

    flipped = activated(other)

    assert active_set() == other
    assert "active" not in flipped.figures


def test_a_discarding_that_was_killed_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = made(tmp_path)
    steering.discard(other)
    monkeypatch.setattr(settling, "DISCARDED_AT_ONCE", 1)
    monkeypatch.setattr(settling, "SLICE_SECONDS", 0.0)
    goes_on = settling.settle(other.pk)
    other.refresh_from_db()
    after_one = (other.done, other.total, Embedding.objects.filter(embedding_set=other).count())
    EmbeddingSet.objects.filter(pk=other.pk).update(lease_until="2020-01-01T00:00:00Z")  # killed at work

    is_due = leasing.due() == other
    settled(other)

    assert goes_on is True
    assert after_one == (1, 3, 2)
    assert is_due
    assert not EmbeddingSet.objects.filter(pk=other.pk).exists()


def test_every_decision_rings_the_workers_at_once(tmp_path: Path) -> None:
    taken_in(tmp_path, MANUAL, "manual.md")
    first = active_set()
    assert first is not None
    bells = rung()

    begun = steering.begin(OTHER)
    steering.cancel(begun)
    steering.resume(begun)
    making.work(begun.pk)
    steering.activate(begun)
    settled(begun)
    steering.discard(first)

    assert rung() == {MAKE.name: bells[MAKE.name] + 2, SETTLE.name: bells[SETTLE.name] + 2}


def rung() -> dict[str, int]:
    """Return how often the workers were rung for each task of re-embedding."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        waiting = [*client.lrange("ingest", 0, -1), *client.lrange("maintenance", 0, -1)]
    names = Counter(json.loads(entry)["headers"]["task"] for entry in waiting)
    return {task.name: names[task.name] for task in (MAKE, SETTLE)}


def test_the_clock_rings_for_what_is_quick_before_what_is_to_be_made(tmp_path: Path) -> None:
    other, first = made(tmp_path), active_set()
    EmbeddingSet.objects.create(name="third", dimensions=4, probe=[1], state=State.QUEUED)
    steering.activate(other)
    bells = rung()

    tasks.reconcile_embedding_sets()

    assert rung() == {MAKE.name: bells[MAKE.name], SETTLE.name: bells[SETTLE.name] + 1}
    assert leasing.due() == other != first
