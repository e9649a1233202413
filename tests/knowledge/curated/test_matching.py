"""Matching: the curated answer to a question, for the eyes that the scope gives."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from knowledge.curated import count_hit, keeping, match
from knowledge.embedding.asking import question_vector
from knowledge.embedding.sets import active_set
from knowledge.ingestion.steering import set_published
from knowledge.models import Audience, CuratedAnswer, CuratedVector, Document, EmbeddingSet
from knowledge.retrieval import Scope
from tests.factories import shelf, taken_in
from tests.fakes import AxisEmbedder
from tests.knowledge.curated.approving import TEXT, approved

pytestmark = pytest.mark.usefixtures("axes", "db")
STAFF = Scope((Audience.PUBLIC.value, Audience.INTERNAL.value))
CUSTOMER = Scope()


def today() -> date:
    """Return the day as the database has it."""
    return timezone.now().date()


def test_the_exact_wording_matches_whatever_its_case_and_marks() -> None:
    answer = approved("How do I reset the machine?")

    found = match("how do i RESET the machine", CUSTOMER)

    assert found is not None
    assert (found.answer_id, found.text, found.language, found.score) == (answer.pk, TEXT, "en", 1.0)


def test_other_words_of_the_same_meaning_match_below_certainty() -> None:
    answer = approved("How do I reset the machine?")
    approved("How long is the warranty?", text="The warranty lasts 24 months.")

    found = match("How do I restart the machine?", CUSTOMER)

    assert found is not None
    assert found.answer_id == answer.pk
    assert 0.9 < found.score < 1


def test_a_variant_matches_like_the_question() -> None:
    answer = approved("How do I reset the machine?", "The lamp blinks, what now?")

    found = match("The lamp blinks - what now?", CUSTOMER)

    assert found is None or found.answer_id == answer.pk
    exact = match("the lamp blinks, what now", CUSTOMER)
    assert exact is not None
    assert exact.question == "The lamp blinks, what now?"


@pytest.mark.parametrize(
    "question",
    ["How do I reset the machine within 5 minutes?", "Why can I not reset the machine?", "How is the pump?"],
)
def test_a_question_with_other_numbers_denials_or_things_gets_none(question: str) -> None:
    approved("How do I reset the machine?")

    assert match(question, CUSTOMER) is None


@pytest.mark.parametrize("question", ["", "  ", "?!", "\x00", "🙂"])
def test_a_question_without_words_gets_none(question: str) -> None:
    approved("How do I reset the machine?")

    assert match(question, CUSTOMER) is None


def test_between_two_answers_that_are_as_near_neither_wins() -> None:
    approved("How do I reset the filter?", text="Take it out.")
    approved("How do I restart the filter?", text="Put it in.")

    assert match("How do we reset my filter?", CUSTOMER) is None


def test_a_question_in_another_language_gets_none_but_by_its_exact_wording() -> None:
    approved("How long is the warranty?", text="Two years.")

    assert match("Wie lange gilt die Garantie für dieses Gerät?", CUSTOMER) is None
    assert match("how long is the warranty", CUSTOMER) is not None


def test_only_what_the_scope_may_see_matches() -> None:
    question = "How do I reset the machine?"
    internal = approved(question, audience=Audience.INTERNAL, collection=shelf("office"))
    public = approved(question, collection=shelf("shop"))
    approved(question, collection=shelf("scratch-1", is_scratch=True))
    allowed = {
        CUSTOMER: public.pk,
        Scope(collections=("shop",)): public.pk,
        Scope(collections=("office",)): None,
        Scope((), ("shop",)): None,
        Scope(STAFF.audiences, ("office",)): internal.pk,
        Scope(collections=("no-such-shelf",)): None,
    }

    for wording in (question, "How do I restart the machine?"):
        found = {scope: match(wording, scope) for scope in allowed}
        assert {scope: hit and hit.answer_id for scope, hit in found.items()} == allowed


def test_an_answer_takes_the_audience_of_its_collection() -> None:
    approved(collection=shelf("office", Audience.INTERNAL))

    assert match("How do I reset the machine?", CUSTOMER) is None
    assert match("How do I reset the machine?", STAFF) is not None


@pytest.mark.parametrize(("days", "given"), [(1, True), (0, False), (-1, False)])
def test_an_answer_is_given_until_the_day_it_expires(days: int, given: bool) -> None:
    approved(expires_on=today() + timedelta(days=days))

    found = match("How do I reset the machine?", CUSTOMER)

    assert (found is not None) is given


def test_a_disabled_answer_is_not_given_until_it_is_enabled_again() -> None:
    answer = approved()

    keeping.set_enabled(answer, False)
    without = match("How do I reset the machine?", CUSTOMER)
    keeping.set_enabled(answer, True)

    assert without is None
    assert match("How do I reset the machine?", CUSTOMER) is not None


def test_a_linked_document_is_named_only_while_the_scope_may_read_it(tmp_path: Path) -> None:
    document = taken_in(tmp_path, "To reset, hold the button.", "manual.txt")
    approved(document=document, source_url="https://example.com/reset")

    seen = match("How do I reset the machine?", CUSTOMER)
    set_published(document, False)
    unpublished = match("How do I reset the machine?", CUSTOMER)
    set_published(document, True)
    Document.objects.update(audience=Audience.INTERNAL)
    secret = match("How do I reset the machine?", CUSTOMER)

    assert seen is not None
    assert (seen.document_id, seen.version_id) == (document.id, document.live_version_id)
    assert seen.title == document.title
    for hidden in (unpublished, secret):
        assert hidden is not None
        assert (hidden.document_id, hidden.version_id, hidden.title) == (None, None, "")
        assert hidden.url == "https://example.com/reset"


def test_while_a_vector_is_missing_only_the_exact_wording_matches() -> None:
    approved("How do I reset the machine?")
    CuratedVector.objects.all().delete()

    assert match("How do I restart the machine?", CUSTOMER) is None
    assert match("How do I reset the machine?", CUSTOMER) is not None


def test_the_model_of_another_set_is_not_asked_and_the_exact_wording_matches() -> None:
    approved("How do I reset the machine?")
    AxisEmbedder.name = "another model"
    chosen = EmbeddingSet.objects.get(is_active=True)
    chosen.name = "some model"
    chosen.pk = chosen.pk + 1
    chosen.is_active = False
    chosen.save(force_insert=True)
    type(chosen).objects.update(is_active=False)
    type(chosen).objects.filter(pk=chosen.pk).update(is_active=True)

    assert match("How do I restart the machine?", CUSTOMER) is None
    assert match("How do I reset the machine?", CUSTOMER) is not None


def test_a_question_is_embedded_once_however_many_look_with_it(axes: type[AxisEmbedder]) -> None:
    approved()
    chosen = active_set()
    assert chosen is not None

    first, second = (question_vector(chosen, "Where is my battery?") for _ in range(2))

    assert first is second
    assert not first.flags.writeable


def test_hits_are_counted_and_dated() -> None:
    answer = approved()

    count_hit(answer.pk)
    count_hit(answer.pk)

    answer = CuratedAnswer.objects.get()
    assert answer.hits == 2
    assert answer.last_hit_at is not None


def test_a_hostile_question_is_only_a_question() -> None:
    approved()

    for question in ("'); DROP TABLE x; --", "%s %(vector)s", "\\", "a" * 5000, "a\x00b {cosine}"):
        assert match(question, CUSTOMER) is None
