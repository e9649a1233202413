"""Storage: what staff see of embedding sets and tables, and what they may do to a set."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from knowledge.embedding.sets import new_set
from knowledge.models import EmbeddingSet, State
from knowledge.reembedding.settling import settle
from knowledge.staff import storage_figures
from tests.fakes import AxisEmbedder
from tests.staff.conftest import MakeDocument
from tests.staff.reading import page_of, row_of, sentences

MakeSet = Callable[..., EmbeddingSet]


@pytest.fixture
def make_set(db: None) -> MakeSet:
    """Return a maker of sets of a model that nobody asks."""

    def make(name: str = "e5-large", **columns: Any) -> EmbeddingSet:
        return EmbeddingSet.objects.create(name=name, dimensions=4, probe=[1, 0, 0, 0], **columns)

    return make


def act(client: Client, name: str, embedding_set: EmbeddingSet) -> list[str]:
    """Confirm an act on a set; return what staff are told."""
    return sentences(client.post(reverse("staff:set-act", args=[embedding_set.pk, name])))


def buttons(html: str, embedding_set: EmbeddingSet) -> list[str]:
    """Return what may be done to a set by the page."""
    row = row_of(html, f"set-{embedding_set.pk}")
    return [n for n in ("activate", "cancel", "resume", "discard") if f'id="{n}-{embedding_set.pk}"' in row]


def test_before_the_first_document_the_page_says_where_sets_come_from(ada_client: Client) -> None:
    html = page_of(ada_client, "storage")

    assert "the first document makes one" in html
    assert "Upload a document" in html


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"is_active": True}, []),
        ({"state": State.READY}, ["activate", "discard"]),
        ({"state": State.WORKING}, ["cancel"]),
        ({"state": State.QUEUED}, ["cancel"]),
        ({"state": State.WORKING, "stage": "activating"}, ["cancel"]),
        ({"state": State.WORKING, "stage": "discarding"}, []),
        ({"state": State.FAILED, "reason": "The model is another one."}, ["resume", "discard"]),
        ({"state": State.CANCELLED}, ["resume", "discard"]),
    ],
)
def test_each_state_offers_the_acts_that_help(
    ada_client: Client, make_set: MakeSet, columns: dict[str, Any], expected: list[str]
) -> None:
    chosen = make_set(**columns)

    html = page_of(ada_client, "storage")

    assert buttons(html, chosen) == expected
    assert columns.get("reason", "") in html


def test_the_new_set_is_compared_with_the_one_that_was_active(ada_client: Client, make_set: MakeSet) -> None:
    figures = {
        "questions": 100,
        "new": {"hit@1": 0.92, "hit@5": 0.985},
        "active": {"hit@1": 0.9, "hit@5": 0.97},
    }
    chosen = make_set(figures=figures)

    row = row_of(page_of(ada_client, "storage"), f"set-{chosen.pk}")

    assert "92.0 % first, 98.5 % among five" in row
    assert "active set then: 90.0 %, 97.0 %" in row


def test_the_remaining_time_is_told_by_the_pace_since_the_page_was_opened(
    ada_client: Client, make_set: MakeSet
) -> None:
    make_set(state=State.WORKING, stage="embedding", done=500, total=2000)
    opened = timezone.now() - timedelta(minutes=5)

    first = page_of(ada_client, "storage")
    later = ada_client.get(
        reverse("staff:storage"), headers={"Pace-Since": f"{opened.isoformat()}~0"}
    ).content.decode()

    assert "500 of 2,000 chunks" in first
    assert "left</span>" not in first
    assert "about 15\xa0minutes left" in later
    assert f"{opened.isoformat()}~0" in later


@pytest.mark.parametrize("damaged", ["", "~", "yesterday~3", "2026-01-01~3", "2026-01-01T00:00:00+00:00~x"])
def test_a_damaged_mark_of_the_pace_is_a_new_beginning(
    ada_client: Client, make_set: MakeSet, damaged: str
) -> None:
    make_set(state=State.WORKING, done=500, total=2000)

    response = ada_client.get(reverse("staff:storage"), headers={"Pace-Since": damaged})

    assert response.status_code == 200
    assert response.context["since"].endswith("~500")


@pytest.mark.parametrize("name", ["activate", "cancel", "resume", "discard"])
def test_every_act_asks_first_and_changes_nothing_yet(
    ada_client: Client, make_set: MakeSet, name: str
) -> None:
    chosen = make_set(state=State.FAILED)

    html = page_of(ada_client, "set-act", chosen.pk, name)

    assert "“e5-large”" in html
    assert EmbeddingSet.objects.get().state == State.FAILED


def test_an_act_that_does_not_exist_is_not_found(ada_client: Client, make_set: MakeSet) -> None:
    response = ada_client.post(reverse("staff:set-act", args=[make_set().pk, "delete"]))

    assert response.status_code == 404


def test_a_set_is_cancelled_resumed_and_discarded(ada_client: Client, make_set: MakeSet) -> None:
    chosen = make_set(state=State.WORKING)

    cancelled = act(ada_client, "cancel", chosen)
    resumed = act(ada_client, "resume", chosen)
    state = EmbeddingSet.objects.get().state
    act(ada_client, "cancel", chosen)
    discarded = act(ada_client, "discard", chosen)
    going = page_of(ada_client, "storage")

    assert cancelled == ["The work on “e5-large” is cancelled."]
    assert "“e5-large” is queued again and goes on where it was." in resumed
    assert state == State.QUEUED
    assert "“e5-large” is being discarded: the worker drops its vectors." in discarded
    assert "Being discarded" in row_of(going, f"set-{chosen.pk}")
    assert buttons(going, chosen) == []


def test_what_cannot_be_done_is_said_in_a_sentence(ada_client: Client, make_set: MakeSet) -> None:
    chosen = make_set(is_active=True)

    said = act(ada_client, "discard", chosen)

    assert said == ["This set is the one that is searched: activate another one first."]
    assert EmbeddingSet.objects.exists()


def test_activating_flips_and_offers_the_way_back(
    ada_client: Client, make_set: MakeSet, axes: type[AxisEmbedder]
) -> None:
    old = make_set("old", is_active=True, activated_at=timezone.now())
    new = new_set(axes())

    said = act(ada_client, "activate", new)
    meanwhile = page_of(ada_client, "storage")
    settle(new.pk)

    html = page_of(ada_client, "storage")
    assert said == ["“axes” is being activated: the worker makes its last vectors, then flips to it."]
    assert "Being activated" in row_of(meanwhile, f"set-{new.pk}")
    assert EmbeddingSet.objects.get(is_active=True) == new
    assert "Go back to it" in row_of(html, f"set-{old.pk}")


def test_a_set_is_begun_with_the_embedder_of_the_settings(
    ada: User, ada_client: Client, axes: type[AxisEmbedder]
) -> None:
    response = ada_client.post(reverse("staff:set-new"), {"adapter": "tests.fakes.AxisEmbedder"})

    made = EmbeddingSet.objects.get()
    assert response["Location"] == reverse("staff:storage")
    assert (made.state, made.made_by, made.embedder) == (State.QUEUED, ada, "tests.fakes.AxisEmbedder")


def test_a_second_set_at_the_same_time_is_refused_in_the_form(
    ada_client: Client, axes: type[AxisEmbedder], make_set: MakeSet
) -> None:
    make_set(state=State.WORKING)

    html = ada_client.post(reverse("staff:set-new"), {"adapter": "tests.fakes.AxisEmbedder"}).content.decode()

    assert "Another set is being made" in html
    assert EmbeddingSet.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({"adapter": "subprocess.Popen"}, "adapter", "is not one of the available choices"),
        ({"adapter": "openai", "model": "m"}, "url", "The settings name none"),
        ({"adapter": "openai", "url": "http://m.example.com/v1"}, "url", "only an administrator"),
        ({"adapter": "openai", "url": "file:///etc/passwd"}, "url", "This is not a web address"),
        ({"adapter": "openai", "url": "http://[broken"}, "url", "This is not a web address"),
        ({"adapter": "openai"}, "model", "The settings name none"),
        ({"adapter": "bundled", "model": "m"}, "model", "This adapter has none"),
    ],
)
def test_bad_input_is_a_sentence_at_its_field(
    ada_client: Client, settings: Settings, data: dict[str, str], field: str, sentence: str
) -> None:
    settings.EMBEDDER_URL = settings.EMBEDDER_MODEL = ""

    html = ada_client.post(reverse("staff:set-new"), data).content.decode()

    assert sentence in html.partition(f'id="id_{field}_error"')[2].partition("</div>")[0]
    assert not EmbeddingSet.objects.exists()


def test_an_administrator_may_name_another_address_and_hears_when_nobody_answers(
    ada: User, ada_client: Client
) -> None:
    User.objects.update(is_superuser=True)

    html = ada_client.post(
        reverse("staff:set-new"), {"adapter": "openai", "url": "http://127.0.0.1:9/v1", "model": "m"}
    ).content.decode()

    assert "The embedder at http://127.0.0.1:9/v1 failed" in html
    assert not EmbeddingSet.objects.exists()


def test_tables_are_shown_with_rows_and_bytes(ada_client: Client, make_document: MakeDocument) -> None:
    make_document(texts=["one", "two", "three"])

    tables = ada_client.get(reverse("staff:storage")).context["stored"]

    assert tables["documents"].rows == storage_figures.Number(1)
    assert tables["chunks"].rows == storage_figures.Number(3)
    assert tables["chunks"].table_bytes > 0
    assert tables["chunks"].total_bytes == tables["chunks"].table_bytes + tables["chunks"].index_bytes


def test_many_rows_are_estimated_and_not_counted(
    ada_client: Client, make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_document(texts=["one"] * 30)
    monkeypatch.setattr(storage_figures, "COUNTED", 10)
    before = storage_figures.stored()["chunks"].rows
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE knowledge_chunk")

    after = storage_figures.stored()["chunks"].rows

    assert before.is_estimate
    assert before.value >= 10
    assert (after.value, after.is_estimate) == (30, True)
    assert "≈ 30" in page_of(ada_client, "storage")


def test_the_storage_page_takes_few_queries(
    ada_client: Client, make_set: MakeSet, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_set(is_active=True)

    with django_assert_max_num_queries(20):
        page_of(ada_client, "storage")
