"""Embedding: adapters, sets and the proof that a model is the one of the stored vectors."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from threading import Thread
from threading import enumerate as threads

import numpy as np
import pytest
from pytest_django import Settings

from knowledge.embedding import PROBE, EmbedderMismatch, EmbedderUnavailable, get_embedder, knows
from knowledge.embedding.bundled import BundledEmbedder
from knowledge.embedding.openai_compatible import OpenAICompatibleEmbedder
from knowledge.embedding.sets import active_set, check, ensure_active_set
from knowledge.models import EmbeddingSet
from tests.factories import in_parallel
from tests.fakes import DIMENSIONS, AxisEmbedder, OtherEmbedder


class Endpoint(BaseHTTPRequestHandler):
    """An embeddings endpoint: the vector of a text is (its length, 1)."""

    asked: list[list[str]] = []
    status = 200

    def do_POST(self) -> None:
        """Answer one batch."""
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        self.asked.append(texts)
        vectors = [{"index": n, "embedding": [len(text), 1.0]} for n, text in enumerate(texts)]
        body = json.dumps({"data": vectors, "model": "m", "object": "list", "usage": {}}).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Keep quiet."""


@pytest.fixture
def endpoint(settings: Settings) -> Iterator[type[Endpoint]]:
    """Serve embeddings on this machine."""
    Endpoint.asked, Endpoint.status = [], 200
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    settings.EMBEDDER_URL = f"http://127.0.0.1:{server.server_address[1]}/v1"
    settings.EMBEDDER_MODEL = "multilingual-e5-large"
    yield Endpoint
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("word", "known"),
    [("expensive", True), ("recipe", True), ("Rechnung", True), ("delivary", False), ("Rechnng", False)],
)
def test_the_bundled_model_knows_words_from_misspelt_ones(word: str, known: bool) -> None:
    assert knows(BundledEmbedder(), word) is known


def test_a_model_that_does_not_tell_knows_no_word() -> None:
    assert not knows(AxisEmbedder(), "expensive")


def test_the_bundled_model_puts_a_question_next_to_its_answer_in_another_language() -> None:
    embedder = BundledEmbedder()
    passages = embedder.embed_passages(["Halten Sie den Netzschalter gedrückt.", "Versand kostet 5 Euro."])

    question = embedder.embed_query("Hold the power button")

    assert passages.shape == (2, 384)
    assert np.allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-3)
    assert passages[0] @ question > passages[1] @ question


def test_whoever_asks_the_bundled_model_computes_in_one_thread_that_a_fork_gets_anew() -> None:
    embedder = BundledEmbedder()
    before = {one.ident for one in threads()}
    with ThreadPoolExecutor(3, "asking") as askers:
        vectors = list(askers.map(embedder.embed_query, ["a filter", "a lamp", "a filter"]))
        started = {one.name for one in threads() if one.ident not in before}
    assert all(name.startswith("asking") for name in started)
    assert np.array_equal(vectors[0], vectors[2])
    forked = get_context("fork").Process(target=embedder.embed_query, args=("a filter",))
    forked.start()
    forked.join(60)
    forked.kill()
    assert forked.exitcode == 0


def test_an_endpoint_gets_the_prefixes_of_its_model_and_gives_unit_vectors(endpoint: type[Endpoint]) -> None:
    embedder = OpenAICompatibleEmbedder()

    passages = embedder.embed_passages(["one", "three"])
    question = embedder.embed_query("two?")

    assert endpoint.asked == [["passage: one", "passage: three"], ["query: two?"]]
    assert np.allclose(np.linalg.norm(passages, axis=1), 1)
    assert question.shape == (2,)


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_an_endpoint_that_refuses_is_unavailable(endpoint: type[Endpoint], status: int) -> None:
    endpoint.status = status

    with pytest.raises(EmbedderUnavailable, match="The embedder at http"):
        OpenAICompatibleEmbedder().embed_query("anything")


def test_an_endpoint_that_is_not_there_is_unavailable(settings: Settings) -> None:
    settings.EMBEDDER_URL, settings.EMBEDDER_MODEL = "http://127.0.0.1:1/v1", "model"

    with pytest.raises(EmbedderUnavailable):
        OpenAICompatibleEmbedder().embed_query("anything")


def test_an_embedder_that_cannot_be_loaded_is_named(settings: Settings) -> None:
    settings.EMBEDDER = "no.such.Embedder"
    get_embedder.cache_clear()

    with pytest.raises(EmbedderUnavailable, match=r"EMBEDDER=no\.such\.Embedder cannot be loaded"):
        get_embedder()


@pytest.mark.usefixtures("axes", "db")
def test_the_first_use_makes_the_active_set_with_its_probe() -> None:
    before = active_set()

    made = ensure_active_set()

    assert before is None
    assert (made.name, made.dimensions, made.is_active) == ("axes", DIMENSIONS, True)
    assert np.allclose(made.probe, AxisEmbedder().embed_query(PROBE), atol=1e-5)
    assert ensure_active_set() == made


@pytest.mark.usefixtures("knowledge")
def test_the_first_uses_at_once_make_one_set() -> None:
    results = in_parallel(*[ensure_active_set] * 4)

    assert len(set(map(str, results))) == 1
    assert EmbeddingSet.objects.count() == 1


@pytest.mark.usefixtures("axes", "db")
def test_another_model_behind_the_same_name_is_noticed() -> None:
    made = ensure_active_set()

    check(made, AxisEmbedder())
    with pytest.raises(EmbedderMismatch, match="not the model of the stored vectors"):
        check(made, OtherEmbedder())


@pytest.mark.usefixtures("axes", "db")
def test_another_name_is_noticed() -> None:
    made = ensure_active_set()
    AxisEmbedder.name = "axes, renewed"

    with pytest.raises(EmbedderMismatch, match="axes, renewed"):
        check(made, AxisEmbedder())
