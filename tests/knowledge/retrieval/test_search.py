"""Search: from a question to passages, for the eyes that the scope gives."""

from pathlib import Path

import pytest
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle
from pytest_django import Settings

from knowledge.embedding import EmbedderMismatch, get_embedder
from knowledge.ingestion.steering import delete_document, set_published
from knowledge.models import Audience, Collection
from knowledge.querysets import languages_of
from knowledge.reranking import configured_rerank
from knowledge.retrieval import Scope, search
from knowledge.retrieval.search import find
from tests.factories import MANUAL, shelf, taken_in

pytestmark = pytest.mark.usefixtures("axes", "db")
STAFF = (Audience.PUBLIC.value, Audience.INTERNAL.value)
SECRET = "The warranty is extended in secret for friends of the house: ask Ben about the code GOLD-7."


def titles(question: str, scope: Scope) -> set[str]:
    """Return the titles of what is found."""
    return {passage.title for passage in search(question, scope, 50)}


@pytest.fixture
def library(axes: object, db: None, tmp_path: Path) -> None:
    """Fill shelves of every kind with texts about the same thing."""
    taken_in(tmp_path, "The warranty lasts two years.", "public.txt")
    taken_in(tmp_path, SECRET, "internal.txt", shelf("internal", Audience.INTERNAL))
    taken_in(tmp_path, "The warranty of the shop is one year.", "shop.txt", shelf("shop"))
    taken_in(tmp_path, "The warranty of a test.", "scratch.txt", shelf("scratch-1", is_scratch=True))
    hidden = taken_in(tmp_path, "The warranty of a draft.", "draft.txt")
    set_published(hidden, False)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("question", ["warranty", "GOLD-7 warranty"])
def test_only_what_the_scope_may_see_is_found(question: str) -> None:
    allowed = {
        Scope(): {"Public", "Shop"},
        Scope(STAFF): {"Public", "Shop", "Internal"},
        Scope(collections=("shop",)): {"Shop"},
        Scope(collections=("shop", "help-centre")): {"Shop", "Public"},
        Scope(collections=("internal",)): set(),
        Scope(STAFF, ("internal",)): {"Internal"},
        Scope((Audience.INTERNAL.value,)): {"Internal"},
        Scope((), ("shop",)): set(),
        Scope(("no such audience",)): set(),
        Scope(collections=("no-such-shelf",)): set(),
        Scope(collections=("no-such-shelf", "shop")): {"Shop"},
        Scope(STAFF, ("scratch-1",)): {"Scratch"},
    }

    found = {scope: titles(question, scope) for scope in allowed}

    assert found == allowed


@pytest.mark.usefixtures("library")
def test_a_word_that_stands_only_in_internal_documents_finds_nothing_of_them() -> None:
    passages = search("GOLD-7", Scope())

    assert all("GOLD" not in passage.text for passage in passages)
    assert all(passage.lexical == 0 for passage in passages)


def test_a_passage_says_exactly_where_it_stands(tmp_path: Path) -> None:
    document = taken_in(tmp_path, MANUAL, "manual.md")

    passage = search("How do I reset the machine?", Scope())[0]

    version = document.live_version
    assert version is not None
    assert version.text[passage.start : passage.end] == passage.text
    assert passage.heading_path[-1] == "Reset"
    assert passage.place == "Aroma 3000 · " + " › ".join(passage.heading_path)
    assert (passage.document_id, passage.version_id) == (document.id, version.id)


@pytest.mark.parametrize("question", ["E-42", "What does E42 mean?", "error e-42", "E 42", "is E_42 bad"])
def test_a_code_is_found_by_its_letters(tmp_path: Path, question: str) -> None:
    taken_in(tmp_path, "Error E-41 means that the lid is open.", "e41.txt")
    taken_in(tmp_path, "Error E-42 means that a hose is blocked.", "e42.txt")
    taken_in(tmp_path, "Error E-43 means that the tank is empty.", "e43.txt")

    found = search(question, Scope())

    assert found[0].title == "E42"
    assert found[0].lexical > found[1].lexical


@pytest.mark.parametrize("question", ["ERR 9022 pump", "ERR_9022 pump"])
def test_the_parts_of_a_code_with_blanks_single_nothing_out(tmp_path: Path, question: str) -> None:
    for number in range(30):  # a code singles out where one chunk in twenty holds it
        taken_in(tmp_path, f"Something else is said in the text number {number}.", f"other{number}.txt")
    taken_in(tmp_path, "Pump: EER_9022. Pump, pump and pump: see the pump of the pump.", "pump.txt")
    taken_in(tmp_path, "The display shows ERR_9022 when a hose is blocked.", "hose.txt")

    found = find(question, Scope())

    assert found is not None
    assert {one.title: one.code for one in found.candidates if one.code} == {"Hose": 1.0}


def test_a_question_in_german_finds_the_german_document(tmp_path: Path) -> None:
    taken_in(tmp_path, "Die Garantie gilt 24 Monate ab dem Tag der Lieferung des Gerätes.", "garantie.txt")
    taken_in(tmp_path, "Der Versand dauert drei Tage und kostet in Deutschland nichts.", "versand.txt")

    found = search("Wie lange gilt die Garantie?", Scope())

    assert found[0].title == "Garantie"
    assert found[0].language == "de"


def test_the_languages_of_a_shelf_are_those_of_what_stands_on_it(tmp_path: Path) -> None:
    german = "Die Garantie gilt 24 Monate ab dem Tag der Lieferung des Gerätes, auch im Ausland."
    other = shelf("other")
    taken_in(tmp_path, "The warranty of the machine lasts for two years from the day of delivery.", "en.txt")
    taken_in(tmp_path, german, "de.txt")
    taken_in(tmp_path, german, "auch.txt")
    spanish = taken_in(
        tmp_path, "La garantía de la máquina dura dos años desde el día de la entrega.", "es.txt", other
    )
    here = Collection.objects.exclude(pk=other.pk).values_list("pk", flat=True)

    both, one = languages_of([*here, other.pk]), languages_of(list(here))
    delete_document(spanish)

    assert (both, one) == (["de", "en", "es"], ["de", "en"])
    assert languages_of([other.pk]) == []


def test_a_question_in_another_language_finds_by_meaning(tmp_path: Path) -> None:
    taken_in(tmp_path, "Die Garantie gilt 24 Monate ab dem Tag der Lieferung des Gerätes.", "garantie.txt")
    taken_in(tmp_path, "Der Versand dauert drei Tage und kostet in Deutschland nichts.", "versand.txt")

    found = search("How long is the warranty?", Scope())

    assert found[0].title == "Garantie"


@pytest.mark.parametrize("question", ["", "   ", "?!?", "🙂🙂", "— …", "\x00"])
def test_a_question_without_words_finds_nothing(tmp_path: Path, question: str) -> None:
    taken_in(tmp_path)

    assert search(question, Scope()) == []


@pytest.mark.parametrize(
    "question", ["war\x00ranty", "'); DROP TABLE x; --", "a:* & !b | (", "\\", "ü" * 5000]
)
def test_a_hostile_question_is_only_a_question(tmp_path: Path, question: str) -> None:
    taken_in(tmp_path)

    assert len(search("warranty " + question, Scope())) > 0


def test_an_empty_knowledge_base_finds_nothing() -> None:
    assert search("warranty", Scope()) == []


def test_the_limit_is_kept_and_the_best_come_first(tmp_path: Path) -> None:
    taken_in(tmp_path, MANUAL, "manual.md")
    taken_in(tmp_path, "The battery and the pump.", "battery.txt")

    passages = search("reset the pump", Scope(), limit=2)

    assert len(passages) == 2
    assert passages == search("reset the pump", Scope(), limit=50)[:2]
    assert passages[0].score >= passages[1].score


def test_a_search_with_another_model_than_that_of_the_vectors_is_refused(
    tmp_path: Path, settings: Settings
) -> None:
    taken_in(tmp_path)
    settings.EMBEDDER = "tests.fakes.OtherEmbedder"
    get_embedder.cache_clear()

    with pytest.raises(EmbedderMismatch):
        search("warranty", Scope())


def test_a_reranker_has_the_last_word_on_the_order(tmp_path: Path, settings: Settings) -> None:
    taken_in(tmp_path, "The battery lasts long.", "battery.txt")
    taken_in(tmp_path, "The pump pumps.", "pump.txt")
    before = search("battery", Scope())
    settings.RERANKER = f"{Shortest.__module__}.Shortest"
    configured_rerank.cache_clear()

    after = search("battery", Scope())
    configured_rerank.cache_clear()

    assert [passage.title for passage in before] == ["Battery", "Pump"]
    assert [passage.title for passage in after] == ["Pump", "Battery"]
    assert [passage.score for passage in after] == [passage.score for passage in before]


class Shortest(BaseNodePostprocessor):
    """A postprocessor that likes short texts."""

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        for node in nodes:
            node.score = -float(len(node.node.get_content()))
        return nodes
