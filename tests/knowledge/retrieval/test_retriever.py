"""The retriever: LlamaIndex finds what search finds, for the same eyes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from llama_index.core.schema import MetadataMode

from knowledge.models import Audience
from knowledge.retrieval import Scope, search
from knowledge.retrieval.retriever import SupportbotRetriever
from tests.factories import shelf, taken_in
from tests.fakes import AxisEmbedder

SALARY = "# Salary\n\nThe salary of the workshop is paid on the last day of the month.\n"
QUESTION = "When is the salary paid, and how do I reset it?"


@pytest.fixture(autouse=True)
def manuals(knowledge: type[AxisEmbedder], tmp_path: Path) -> Iterator[None]:
    """Put in a manual for customers and a note for staff; connections of threads end with their work."""
    known = connection.settings_dict
    age, known["CONN_MAX_AGE"] = known["CONN_MAX_AGE"], 0
    taken_in(tmp_path)
    taken_in(tmp_path, SALARY, "salary.md", shelf("notes", Audience.INTERNAL))
    yield
    known["CONN_MAX_AGE"] = age


def test_nodes_are_the_passages_of_search_with_their_places() -> None:
    found = search(QUESTION, Scope(), 2)

    nodes = SupportbotRetriever(limit=2).retrieve(QUESTION)

    assert [node.score for node in nodes] == [passage.score for passage in found]
    assert [node.get_content() for node in nodes] == [passage.text for passage in found]
    best, wanted = nodes[0].metadata, found[0]
    assert best["document_id"] == str(wanted.document_id)
    assert best["version_id"] == str(wanted.version_id)
    assert (best["start"], best["end"]) == (wanted.start, wanted.end)
    assert best["heading_path"] == list(wanted.heading_path)
    assert best["place"] == wanted.place
    assert (best["title"], best["page"], best["language"]) == ("Aroma 3000", None, "en")


def test_a_model_is_told_the_place_and_no_numbers() -> None:
    (node,) = SupportbotRetriever(limit=1).retrieve("How do I reset it?")

    shown = node.node.get_content(metadata_mode=MetadataMode.LLM)

    assert "place: Aroma 3000" in shown
    assert node.metadata["version_id"] not in shown


async def test_it_finds_the_same_from_a_coroutine_and_never_more_than_its_eyes_see() -> None:
    customers = await SupportbotRetriever().aretrieve(QUESTION)
    staff = await SupportbotRetriever(Scope(("internal",))).aretrieve(QUESTION)

    assert {node.metadata["title"] for node in customers} == {"Aroma 3000"}
    assert {node.metadata["title"] for node in staff} == {"Salary"}
