"""Reviewing: a newer document that says otherwise, or the same, warns staff until they confirm."""

import uuid
from pathlib import Path

import pytest

from knowledge.curated import keeping
from knowledge.curated.planning import CuratedPlan
from knowledge.curated.reviewing import compare_new_versions, contradictions, duplicates, review_against
from knowledge.models import CuratedAnswer, Document
from tests.factories import shelf, taken_in
from tests.knowledge.curated.approving import approved

pytestmark = pytest.mark.usefixtures("axes", "db")
QUESTION = "How long is the warranty?"
ANSWER = "The warranty of the machine lasts 24 months from the day of delivery."
OTHER = "The warranty of the machine lasts 36 months from the day of delivery."


def reviewed(document: Document) -> CuratedAnswer:
    """Return the curated answer after a look at the document that has just gone live."""
    assert document.live_version_id is not None
    review_against(document.live_version_id)
    return CuratedAnswer.objects.get()


def test_another_number_in_the_same_sentence_warns_with_both_sentences(tmp_path: Path) -> None:
    approved(QUESTION, text=ANSWER)
    document = taken_in(tmp_path, f"Good to know. {OTHER} Keep the receipt.", "terms.txt")

    answer = reviewed(document)

    assert "“Terms” says" in answer.warning
    assert OTHER in answer.warning
    assert ANSWER in answer.warning
    assert answer.warned_by == document


def test_a_denial_of_what_the_answer_says_warns(tmp_path: Path) -> None:
    approved(QUESTION, text="The warranty covers damage by lime in the pump.")
    document = taken_in(tmp_path, "The warranty does not cover damage by lime in the pump.", "terms.txt")

    assert "does not cover" in reviewed(document).warning


@pytest.mark.parametrize(
    "text",
    [
        "The filter of the machine must be rinsed every 36 days, as the workshop says.",
        f"{ANSWER} {OTHER}",
    ],
)
def test_other_matters_and_what_stands_there_unchanged_do_not_warn_of_a_contradiction(
    tmp_path: Path, text: str
) -> None:
    approved(QUESTION, text=ANSWER + " Keep the receipt in its box at home.")

    assert reviewed(taken_in(tmp_path, text, "terms.txt")).warning == ""


def test_a_document_that_says_the_same_warns_of_a_duplicate_unless_it_is_the_linked_one(
    tmp_path: Path,
) -> None:
    document = taken_in(tmp_path, f"{ANSWER} Keep the receipt.", "terms.txt")
    answer = approved(QUESTION, text=ANSWER)
    twice = reviewed(document)
    keeping.change(answer, CuratedPlan(shelf(), QUESTION, ANSWER, document=document, language="en"))

    assert "says the same" in twice.warning
    assert reviewed(document).warning == ""


def test_what_staff_confirmed_does_not_come_back(tmp_path: Path) -> None:
    approved(QUESTION, text=ANSWER)
    document = taken_in(tmp_path, OTHER, "terms.txt")
    answer = reviewed(document)

    keeping.confirm(answer)
    confirmed = CuratedAnswer.objects.get().warning

    assert confirmed == ""
    assert reviewed(document).warning == ""
    document = taken_in(tmp_path, OTHER.replace("36", "48"), "terms.txt")
    assert "48 months" in reviewed(document).warning


def test_a_version_that_says_nothing_of_it_any_more_clears_the_warning(tmp_path: Path) -> None:
    approved(QUESTION, text=ANSWER)
    warned = reviewed(taken_in(tmp_path, OTHER, "terms.txt")).warning

    document = taken_in(tmp_path, "The pump hums at night, that is new.", "terms.txt")

    assert warned
    assert reviewed(document).warning == ""


def test_a_rewritten_answer_has_no_warning_of_its_old_words(tmp_path: Path) -> None:
    approved(QUESTION, text=ANSWER)
    answer = reviewed(taken_in(tmp_path, OTHER, "terms.txt"))

    keeping.change(answer, CuratedPlan(shelf(), QUESTION, OTHER, language="en"))

    assert CuratedAnswer.objects.get().warning == ""


def test_documents_of_other_collections_do_not_warn(tmp_path: Path) -> None:
    approved(QUESTION, text=ANSWER, collection=shelf("shop"))

    assert reviewed(taken_in(tmp_path, OTHER, "terms.txt")).warning == ""


def test_a_version_that_is_not_live_is_not_looked_at(tmp_path: Path) -> None:
    approved(QUESTION, text=ANSWER)
    old = taken_in(tmp_path, OTHER, "terms.txt").live_version_id
    taken_in(tmp_path, "The pump hums.", "terms.txt")
    assert old is not None

    assert review_against(old) == 0
    assert review_against(uuid.uuid4()) == 0
    assert CuratedAnswer.objects.get().warning == ""


def test_sentences_are_compared_in_pairs() -> None:
    ours = ["Delivery costs 5 euros in Germany.", "Returns are free."]
    theirs = ["Delivery costs 7 euros in Germany.", "Returns are free.", "Call us."]

    assert list(contradictions(ours, theirs, "en")) == [(ours[0], theirs[0])]
    assert not duplicates(ours, theirs, "en")
    assert duplicates(ours[1:], theirs, "en")
    assert not duplicates([], theirs, "en")


def test_the_clock_looks_at_each_version_once(tmp_path: Path) -> None:
    approved(QUESTION, text=ANSWER)
    taken_in(tmp_path, f"Good to know. {OTHER}", "terms.txt")

    looks = [compare_new_versions(), compare_new_versions()]

    assert looks == [1, 0]
    assert OTHER in CuratedAnswer.objects.get().warning
