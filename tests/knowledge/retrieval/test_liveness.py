"""Liveness: the state of the knowledge is another one after everything that could change an answer."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from knowledge.curated.matching import count_hit
from knowledge.models import Audience, CuratedAnswer, CuratedQuestion, Document
from knowledge.retrieval import Scope
from knowledge.retrieval.liveness import knowledge_state
from tests.factories import shelf, taken_in
from tests.knowledge.curated.approving import approved

pytestmark = pytest.mark.usefixtures("knowledge")
SCOPE = Scope()
QUESTION = "How do I reset it?"
YESTERDAY = date.today() - timedelta(days=2)


def on(**changes: object) -> Callable[[Path], object]:
    """Return what changes all documents past every rule, as a careless writer would."""
    return lambda _folder: Document.objects.update(**changes)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a new version": lambda folder: taken_in(folder, "Hold it for twenty seconds.", "manual.txt"),
    "a new document": lambda folder: taken_in(folder, "Something else.", "other.txt"),
    "it is withdrawn": on(is_published=False),
    "it is for staff now": on(audience=Audience.INTERNAL),
    "it has expired": on(expires_on=YESTERDAY),
    "it is pinned": on(is_pinned=True),
    "it has another title": on(title="Handbook"),
    "an approved answer": lambda _folder: approved("What does it cost?"),
    "an approved answer is changed": lambda _f: CuratedAnswer.objects.update(text="Pull the plug."),
    "an approved answer is switched off": lambda _f: CuratedAnswer.objects.update(is_enabled=False),
    "an approved answer is asked otherwise": lambda _f: CuratedQuestion.objects.update(wording="new words"),
    "a new shelf": lambda _folder: shelf("another"),
}


@pytest.mark.parametrize("change", list(CHANGES.values()), ids=list(CHANGES))
def test_everything_that_could_change_an_answer_changes_the_state(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    taken_in(tmp_path, "Hold it for ten seconds.", "manual.txt")
    approved(QUESTION)
    before = knowledge_state(SCOPE)

    change(tmp_path)

    assert knowledge_state(SCOPE) != before


def test_what_somebody_else_sees_changes_nothing(tmp_path: Path) -> None:
    taken_in(tmp_path, "Hold it for ten seconds.", "manual.txt")
    answer = approved(QUESTION)
    scopes = [SCOPE, Scope(collections=("help-centre",))]
    before = [knowledge_state(scope) for scope in scopes]

    taken_in(tmp_path, "Secret.", "secret.txt", shelf("trial", is_scratch=True))
    taken_in(tmp_path, "Our wages.", "wages.txt", shelf("help-centre"))
    Document.objects.filter(title="Wages").update(audience=Audience.INTERNAL)
    count_hit(CuratedAnswer.objects.get().pk)

    assert answer is not None
    assert [knowledge_state(scope) for scope in scopes] == before


def test_an_answer_from_one_shelf_does_not_hang_on_another(tmp_path: Path) -> None:
    taken_in(tmp_path, "Hold it for ten seconds.", "manual.txt")
    before = knowledge_state(Scope(collections=("help-centre",)))

    taken_in(tmp_path, "Elsewhere.", "other.txt", shelf("elsewhere"))

    assert knowledge_state(Scope(collections=("help-centre",))) == before
    assert knowledge_state(Scope(collections=("elsewhere",))) != before
