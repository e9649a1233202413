"""Heartbeats: signs of life by the database's clock."""

from datetime import timedelta

import pytest
from django.utils import timezone

from knowledge import heartbeats
from knowledge.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_a_process_that_never_was_has_no_age() -> None:
    assert heartbeats.last_seen("worker") is None


def test_beating_again_keeps_one_row_and_renews_it() -> None:
    heartbeats.beat("worker")
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(hours=1))

    heartbeats.beat("worker")

    assert Heartbeat.objects.count() == 1
    age = heartbeats.last_seen("worker")
    assert age is not None
    assert age < timedelta(minutes=30)


def test_the_age_is_that_of_the_latest_process_of_a_kind() -> None:
    now = timezone.now()
    Heartbeat.objects.create(process="worker@a:1", kind="worker", seen_at=now - timedelta(hours=3))
    Heartbeat.objects.create(process="worker@b:1", kind="worker", seen_at=now - timedelta(hours=1))
    Heartbeat.objects.create(process="beat@a:2", kind="beat", seen_at=now)

    age = heartbeats.last_seen("worker")

    assert age is not None
    assert timedelta(minutes=59) < age < timedelta(hours=2)


def test_processes_that_are_gone_for_a_day_are_forgotten() -> None:
    old = timezone.now() - timedelta(days=2)
    Heartbeat.objects.create(process="worker@a:1", kind="worker", seen_at=old)

    heartbeats.beat("beat")

    assert list(Heartbeat.objects.values_list("kind", flat=True)) == ["beat"]


def test_a_process_that_withdraws_counts_as_missing_at_once_and_others_do_not() -> None:
    heartbeats.beat("worker")
    heartbeats.beat("answers")

    heartbeats.withdraw("worker")

    worker, answers = heartbeats.last_seen("worker"), heartbeats.last_seen("answers")
    assert worker is not None
    assert answers is not None
    assert worker >= heartbeats.GONE > answers


def test_withdrawing_makes_no_old_sign_of_life_younger() -> None:
    heartbeats.beat("worker")
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(hours=1))

    heartbeats.withdraw("worker")

    age = heartbeats.last_seen("worker")
    assert age is not None
    assert age > timedelta(minutes=59)
