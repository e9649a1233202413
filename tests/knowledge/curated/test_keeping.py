"""Keeping: what staff do to curated answers, attributed, with vectors that follow."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from knowledge.curated import keeping, match
from knowledge.curated.planning import CuratedPlan
from knowledge.curated.tasks import make_curated_vectors
from knowledge.curated.vectors import awaiting_vectors, make_vectors, missing_vectors
from knowledge.embedding import get_embedder
from knowledge.embedding.sets import active_set, ensure_active_set
from knowledge.errors import PermanentError
from knowledge.models import Act, CuratedAnswer, CuratedQuestion, CuratedVector, EmbeddingSet
from knowledge.retrieval import Scope
from tests.factories import in_parallel, shelf
from tests.knowledge.curated.approving import TEXT, CountingEmbedder, approved

pytestmark = pytest.mark.usefixtures("axes", "db")


@pytest.fixture
def counting(settings: Settings) -> type[CountingEmbedder]:
    """Embed by axes, counted."""
    settings.EMBEDDER = "tests.knowledge.curated.approving.CountingEmbedder"
    CountingEmbedder.asked.clear()
    CountingEmbedder.is_away = False
    CountingEmbedder.while_asked = None
    get_embedder.cache_clear()
    return CountingEmbedder


@pytest.fixture
def ada(db: None) -> User:
    """Return the curator."""
    return User.objects.create_user("ada", is_staff=True)


def test_every_act_names_who_did_what(ada: User) -> None:
    plan = CuratedPlan(shelf(), "How do I reset it?", TEXT, language="en")

    answer = keeping.add(plan, ada)
    keeping.change(answer, replace(plan, text="Press twice."), ada)
    keeping.set_enabled(answer, False, ada)
    keeping.set_enabled(answer, True, ada)
    keeping.confirm(answer, ada)
    keeping.remove(answer, ada)

    acts = list(Act.objects.order_by("id").values_list("verb", "by__username", "subject"))
    verbs = ["added", "changed", "disabled", "enabled", "confirmed", "removed"]
    assert acts == [(f"curated answer {verb}", "ada", "How do I reset it?") for verb in verbs]
    assert not CuratedAnswer.objects.exists()


def test_a_plan_reads_back_as_it_was_made() -> None:
    plan = CuratedPlan(
        collection=shelf(),
        question="How do I reset it?",
        text=TEXT,
        variants=("It hangs, what now?", "Reset"),
        language="en",
        audience="internal",
        source_url="https://example.com/reset",
        is_enabled=False,
    )

    answer = keeping.add(plan)

    assert CuratedPlan.of(CuratedAnswer.objects.get(id=answer.pk)) == plan


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": "  "}, "answer is empty"),
        ({"text": "a\x00b"}, "not plain text"),
        ({"text": "x" * 9000}, "shorten it to 8000"),
        ({"text": "As we said [2]."}, "“[2]” in the answer would pass for a citation"),
        ({"question": "?!"}, "question is empty"),
        ({"question": "w" * 501}, "at most 500 characters"),
        ({"variants": ("fine", "a\x00b")}, "cannot be stored"),
        ({"variants": tuple(f"wording {n}" for n in range(101))}, "most telling ones"),
        ({"language": "klingon"}, "is no language code"),
        ({"audience": "everybody"}, "is no audience"),
        ({"source_url": "javascript:alert(1)"}, "is no address of a page"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence_and_nothing_is_stored(
    wrong: dict[str, object], said: str
) -> None:
    plan = replace(CuratedPlan(shelf(), "How do I reset it?", TEXT), **wrong)  # type: ignore[arg-type]  # wrong on purpose

    with pytest.raises(PermanentError) as refusal:
        keeping.add(plan)

    assert said in str(refusal.value)
    assert not CuratedAnswer.objects.exists()


def test_a_wording_belongs_to_one_answer_of_a_collection() -> None:
    approved("How do I reset it?")

    with pytest.raises(PermanentError, match="asked by another curated answer"):
        approved("Something else?", "how do i RESET it")

    approved("How do I reset it?", collection=shelf("shop"))
    assert CuratedAnswer.objects.count() == 2


def test_a_link_in_square_brackets_is_no_mark() -> None:
    answer = approved(text="See [1](https://example.com/one).")

    assert CuratedAnswer.objects.get().pk == answer.pk


def test_wordings_that_stay_keep_their_vectors(counting: type[CountingEmbedder]) -> None:
    answer = approved("How do I reset it?", "It hangs", "Restart it")
    counting.asked.clear()

    plan = replace(CuratedPlan.of(answer), question="Restart it", variants=("How do I reset it?", "New one"))
    keeping.change(answer, plan)

    assert counting.asked == ["New one"]
    assert list(answer.questions.values_list("text", flat=True)) == [
        "Restart it",
        "How do I reset it?",
        "New one",
    ]
    assert CuratedVector.objects.count() == 3


def test_while_the_embedder_is_away_the_answer_is_saved_and_waits_visibly(
    counting: type[CountingEmbedder],
) -> None:
    chosen = ensure_active_set()
    counting.is_away = True
    answer = approved("How do I reset it?", "It hangs")
    waiting = (list(awaiting_vectors()), missing_vectors(chosen.pk))
    make_curated_vectors()
    exact = match("how do i reset it", Scope())

    counting.is_away = False
    make_curated_vectors()

    assert waiting == ([answer], 2)
    assert exact is not None
    assert (list(awaiting_vectors()), missing_vectors(chosen.pk)) == ([], 0)
    assert match("How do I restart it?", Scope()) is not None


def test_before_the_first_document_an_answer_makes_the_first_set() -> None:
    before = active_set()

    approved()

    assert before is None
    assert active_set() is not None
    assert not awaiting_vectors().exists()


def test_another_set_gets_vectors_of_its_own(counting: type[CountingEmbedder]) -> None:
    approved("How do I reset it?", "It hangs")
    active = ensure_active_set()
    other = EmbeddingSet.objects.create(name="new", dimensions=active.dimensions, probe=[])
    before = missing_vectors(other.pk)

    first = make_vectors(other.pk, CountingEmbedder(), most=1)
    rest = make_vectors(other.pk, CountingEmbedder())

    assert (before, first, rest, missing_vectors(other.pk)) == (2, 1, 1, 0)
    assert CuratedVector.objects.filter(embedding_set=active).count() == 2


def test_a_question_reworded_while_it_is_embedded_gets_no_vector_of_its_old_words(
    counting: type[CountingEmbedder],
) -> None:
    approved("How do I reset it?", "It hangs")
    CuratedVector.objects.all().delete()
    chosen = ensure_active_set()
    counting.while_asked = lambda: CuratedQuestion.objects.filter(ordinal=0).update(text="The pump?")

    made = make_vectors(chosen.pk)

    assert made == 1
    assert CuratedVector.objects.get().question.text == "It hangs"
    assert make_vectors(chosen.pk) == 1


def test_an_answer_that_was_removed_a_moment_ago_is_not_changed() -> None:
    answer = approved()
    CuratedAnswer.objects.all().delete()

    with pytest.raises(PermanentError, match="removed a moment ago"):
        keeping.change(answer, CuratedPlan(shelf(), "Q?", TEXT))
    with pytest.raises(PermanentError, match="removed a moment ago"):
        keeping.set_enabled(answer, True)


@pytest.mark.usefixtures("knowledge")
def test_of_two_who_add_the_same_question_at_once_one_is_told() -> None:
    ensure_active_set()
    shelf()

    results = in_parallel(*[lambda: approved("How do I reset it?")] * 2)

    assert sorted(type(result).__name__ for result in results) == ["CuratedAnswer", "PermanentError"]
    assert CuratedQuestion.objects.count() == 1
