"""Versions: a roll-back is a flip, and nothing customers read is ever half of each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from pytest_django import Settings

from knowledge.errors import PermanentError
from knowledge.ingestion.ingest import ingest
from knowledge.ingestion.steering import Particulars, revise, roll_back, set_published
from knowledge.models import Act, Chunk, Document, Origin, State, Version
from knowledge.retrieval import Scope, search
from tests.factories import MANUAL, accepted, in_parallel, shelf, taken_in
from tests.fakes import AxisEmbedder
from tests.knowledge.ingestion.test_statistics import kept, recounted

pytestmark = pytest.mark.usefixtures("knowledge")
STATEMENTS = 45  # more than one ingestion takes
TERMS = ("24 months", "30 months", "36 months", "48 months", "60 months")


def manual(tmp_path: Path, term: str = "24 months") -> Document:
    """Take in the manual with a warranty of ``term``."""
    return taken_in(tmp_path, MANUAL.replace("24 months", term), "manual.md")


def read_terms() -> list[str]:
    """Return the warranties that customers can read about."""
    text = " ".join(passage.text for passage in search("How long is the warranty?", Scope()))
    return [term for term in TERMS if term in text]


def number(document: Document, wanted: int) -> Version:
    """Return a version by its number."""
    return document.versions.get(number=wanted)


def test_a_roll_back_holds_from_the_next_question_on_and_embeds_nothing(tmp_path: Path) -> None:
    manual(tmp_path)
    document = manual(tmp_path, "36 months")
    AxisEmbedder.embedded.clear()

    sentence = roll_back(document, number(document, 1))

    assert read_terms() == ["24 months"]
    assert AxisEmbedder.embedded == []
    assert sentence == "Version 1 is live again from the next question on."
    assert kept(shelf()) == recounted(shelf())


def test_a_roll_back_can_be_taken_back(tmp_path: Path) -> None:
    manual(tmp_path)
    document = manual(tmp_path, "36 months")

    roll_back(document, number(document, 1))
    roll_back(document, number(document, 2))

    assert read_terms() == ["36 months"]
    assert kept(shelf()) == recounted(shelf())


def test_only_the_latest_few_versions_keep_their_chunks_and_an_older_one_is_made_anew(
    tmp_path: Path, settings: Settings
) -> None:
    settings.VERSIONS_KEPT = 2
    for term in TERMS[:4]:
        document = manual(tmp_path, term)
    numbers = set(Chunk.objects.values_list("version__number", flat=True))

    sentence = roll_back(document, number(document, 1))
    newest = document.versions.order_by("-number")[0]
    ingest(newest.id)

    assert numbers == {3, 4}
    assert "made anew" in sentence
    assert (newest.number, newest.origin) == (5, Origin.RETRY)
    assert read_terms() == ["24 months"]
    assert Version.objects.exclude(text="").count() == 5


def test_a_version_that_never_was_ready_cannot_come_back(tmp_path: Path) -> None:
    document = manual(tmp_path)
    queued = accepted(tmp_path, MANUAL.replace("24", "36"), "manual.md").version

    with pytest.raises(PermanentError, match="ready once"):
        roll_back(document, queued)

    assert read_terms() == ["24 months"]


def test_a_new_upload_takes_over_after_a_roll_back(tmp_path: Path) -> None:
    manual(tmp_path)
    document = manual(tmp_path, "36 months")
    roll_back(document, number(document, 1))

    manual(tmp_path, "48 months")

    assert read_terms() == ["48 months"]
    assert kept(shelf()) == recounted(shelf())


def test_a_roll_back_while_a_newer_version_goes_live_leaves_one_of_them_whole(tmp_path: Path) -> None:
    manual(tmp_path)
    document = manual(tmp_path, "36 months")
    newest = accepted(tmp_path, MANUAL.replace("24 months", "48 months"), "manual.md").version

    in_parallel(lambda: ingest(newest.id), lambda: roll_back(document, number(document, 1)))

    live = Document.objects.get().live_version
    assert live is not None
    assert read_terms() in (["24 months"], ["48 months"])
    assert set(Chunk.objects.filter(is_searchable=True).values_list("version_id", flat=True)) == {live.id}
    assert kept(shelf()) == recounted(shelf())


def test_while_a_document_is_made_anew_again_and_again_each_search_reads_one_version(tmp_path: Path) -> None:
    manual(tmp_path)
    newer = [MANUAL.replace("24 months", term) for term in (*TERMS[1:], *TERMS)]
    seen: list[list[str]] = []
    is_over = Event()

    def renew() -> None:
        try:
            for text in newer:
                ingest(accepted(tmp_path, text, "manual.md").version.id)
        finally:
            is_over.set()

    def ask() -> None:
        while not is_over.is_set():
            seen.append(read_terms())

    assert in_parallel(renew, ask) == [None, None]

    assert len(seen) > 3
    assert [terms for terms in seen if len(terms) != 1] == []


@pytest.mark.parametrize("statement", range(1, STATEMENTS + 1))
def test_a_crash_before_any_statement_leaves_the_old_version_whole_and_is_made_good(
    tmp_path: Path, statement: int
) -> None:
    manual(tmp_path)
    version = accepted(tmp_path, MANUAL.replace("24 months", "36 months"), "manual.md").version
    crash = CrashAt(statement)
    with connection.execute_wrapper(crash):
        try:
            ingest(version.id)
        except Crash:
            before = read_terms()
        else:
            before = ["24 months"]
            assert crash.statements < statement
    Version.objects.filter(id=version.id, state=State.WORKING).update(lease_until="2020-01-01T00:00:00Z")

    ingest(version.id)

    version.refresh_from_db()
    assert before in (["24 months"], ["36 months"])
    assert version.state == State.READY
    assert read_terms() == ["36 months"]
    assert version.chunks.count() == len(set(version.chunks.values_list("ordinal", flat=True))) == 3
    assert kept(shelf()) == recounted(shelf())


def test_the_crashes_reach_to_the_end_of_an_ingestion(tmp_path: Path) -> None:
    manual(tmp_path)
    version = accepted(tmp_path, MANUAL.replace("24 months", "36 months"), "manual.md").version
    never = CrashAt(0)

    with connection.execute_wrapper(never):
        ingest(version.id)

    assert STATEMENTS - 5 <= never.statements <= STATEMENTS


class Crash(BaseException):
    """The process ends here: nothing of ours may catch it."""


class CrashAt:
    """Ends the work just before its n-th statement, as a kill would; transactions roll back."""

    def __init__(self, statement: int) -> None:
        """Count from 1."""
        self.wanted = statement
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        """Count, and crash when it is time."""
        self.statements += 1
        if self.statements == self.wanted:
            raise Crash
        return execute(*statement)


def test_a_new_title_is_searched_by_and_embedded_anew(tmp_path: Path) -> None:
    document = manual(tmp_path)

    sentence = revise(document, replace(Particulars.of(document), title="Espresso pump handbook"))
    newest = document.versions.order_by("-number")[0]
    ingest(newest.id)

    assert "new version" in sentence
    assert newest.origin == Origin.EDIT
    assert search("pump handbook", Scope())[0].title == "Espresso pump handbook"


def test_a_document_that_expired_is_not_found_any_more(tmp_path: Path) -> None:
    document = manual(tmp_path)
    before = read_terms()

    revise(document, replace(Particulars.of(document), expires_on=date(2020, 1, 1)))

    assert before == ["24 months"]
    assert read_terms() == []


def test_a_moved_document_takes_its_figures_along(tmp_path: Path) -> None:
    document = manual(tmp_path)
    other = shelf("other")

    revise(document, replace(Particulars.of(document), collection=other))

    assert kept(shelf()) == recounted(shelf())
    assert kept(other) == recounted(other)
    assert kept(other)[0] == 3
    assert search("warranty", Scope(collections=("help-centre",))) == []
    assert search("warranty", Scope(collections=("other",))) != []


def test_a_document_does_not_move_onto_a_shelf_that_has_its_file(tmp_path: Path) -> None:
    document = manual(tmp_path)
    taken_in(tmp_path, MANUAL, "manual.md", shelf("other"))

    with pytest.raises(PermanentError, match="already has a document"):
        revise(document, replace(Particulars.of(document), collection=shelf("other")))

    document.refresh_from_db()
    assert document.collection == shelf()


def test_acts_say_who_did_what(tmp_path: Path) -> None:
    ada = User.objects.create(username="ada")
    manual(tmp_path)
    document = manual(tmp_path, "36 months")

    roll_back(document, number(document, 1), ada)
    set_published(document, False, ada)
    set_published(document, False, ada)

    acts = list(Act.objects.order_by("id").values_list("verb", "by__username", "subject"))
    assert acts == [("rolled back", "ada", "Aroma 3000"), ("unpublished", "ada", "Aroma 3000")]
