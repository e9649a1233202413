"""The query engine: LlamaIndex gets our answers, with the cited passages as sources."""

from chat.answering.engine import AnswerEngine
from chat.answering.query_engine import SupportbotQueryEngine
from knowledge.passages import Passage
from tests.factories import passage
from tests.fakes import ScriptedModel, ScriptedSearch

RESET = passage("To reset the machine, hold the power button for ten seconds.", title="Manual", page=12)
PUMP = passage("Error E-42 means that the pump is blocked.")
QUESTION = "How do I reset the machine?"


def engine(*passages: Passage) -> SupportbotQueryEngine:
    """Return a query engine over an engine that finds these and says one true sentence."""
    model = ScriptedModel()
    model.enqueue("Hold the power button for ten seconds [1].")
    return SupportbotQueryEngine(AnswerEngine(ScriptedSearch(passages), model))


async def test_the_sources_are_the_passages_that_the_answer_cites_and_no_others() -> None:
    response = await engine(RESET, PUMP).aquery(QUESTION)

    assert str(response) == "Hold the power button for ten seconds. [1]"
    assert [node.get_content() for node in response.source_nodes] == [RESET.text]
    assert response.metadata is not None
    assert response.metadata["outcome"] == "answered"
    assert response.metadata["answerer"] == "model"
    assert response.metadata["confidence"] > 0.4
    (citation,) = response.metadata["citations"]
    assert (citation["number"], citation["place"]) == (1, RESET.place)
    assert citation["quote"] in RESET.text


def test_it_answers_without_a_loop_too() -> None:
    response = engine(RESET).query(QUESTION)

    assert str(response) == "Hold the power button for ten seconds. [1]"


async def test_it_answers_inside_of_a_running_loop_too() -> None:
    response = engine(RESET).query(QUESTION)

    assert str(response) == "Hold the power button for ten seconds. [1]"


async def test_what_is_declined_has_no_sources() -> None:
    response = await engine().aquery(QUESTION)

    assert response.source_nodes == []
    assert response.metadata is not None
    assert (response.metadata["outcome"], response.metadata["citations"]) == ("declined", [])
