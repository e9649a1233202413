"""Reranking: scores from a real endpoint and a real postprocessor, and no harm from bad ones."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle
from pytest_django import Settings

from knowledge.passages import Passage
from knowledge.reranking import (
    MOST_PASSAGES,
    REST_SECONDS,
    BoundedReranker,
    Rerank,
    RerankFailed,
    configured_rerank,
)
from tests.factories import passage

QUESTION = "How long is the warranty?"
PASSAGES = [
    passage("Hold the button."),
    passage("The warranty lasts 24 months."),
    passage("Warranty: see box."),
]
Reply = Callable[[dict[str, Any]], tuple[int, bytes]]


class Endpoint(BaseHTTPRequestHandler):
    """A ``/rerank`` endpoint that replies as its test wants."""

    reply: Reply
    asked: list[dict[str, Any]] = []
    keys: list[str | None] = []

    def do_POST(self) -> None:
        """Reply."""
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.keys.append(self.headers.get("Authorization"))
        status, body = type(self).reply(self.asked[-1])
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Keep quiet."""


@pytest.fixture
def serve(settings: Settings) -> Iterator[Callable[[Reply], Rerank]]:
    """Serve replies at the endpoint of the settings; give what starts it."""
    Endpoint.asked, Endpoint.keys = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    settings.RERANK_URL = f"http://127.0.0.1:{server.server_address[1]}/rerank"

    def start(reply: Reply) -> Rerank:
        Endpoint.reply = staticmethod(reply)
        configured_rerank.cache_clear()
        rerank = configured_rerank()
        assert rerank is not None
        return rerank

    yield start
    configured_rerank.cache_clear()
    server.shutdown()
    server.server_close()


def by_words(texts: Sequence[str]) -> list[dict[str, float]]:
    """Return what a reranker says, the best first as they do."""
    rows = [{"index": n, "relevance_score": float(text.count("arranty"))} for n, text in enumerate(texts)]
    return sorted(rows, key=lambda row: -row["relevance_score"])


def test_an_endpoint_with_a_model_is_asked_for_documents_with_its_key(
    serve: Callable[[Reply], Rerank], settings: Settings
) -> None:
    settings.RERANK_MODEL, settings.RERANK_KEY = "rerank-v3", "secret"
    rerank = serve(lambda asked: (200, json.dumps({"results": by_words(asked["documents"])}).encode()))

    scores = rerank(QUESTION, PASSAGES)

    assert scores == [0.0, 1.0, 1.0]
    assert (Endpoint.asked[0]["query"], Endpoint.asked[0]["model"]) == (QUESTION, "rerank-v3")
    assert Endpoint.asked[0]["documents"][1].endswith("\nThe warranty lasts 24 months.")
    assert Endpoint.keys == ["Bearer secret"]


def test_an_endpoint_without_a_model_is_asked_as_tei_wants_it(serve: Callable[[Reply], Rerank]) -> None:
    def reply(asked: dict[str, Any]) -> tuple[int, bytes]:
        rows = [{"index": row["index"], "score": row["relevance_score"]} for row in by_words(asked["texts"])]
        return 200, json.dumps(rows).encode()

    rerank = serve(reply)

    assert rerank(QUESTION, PASSAGES) == [0.0, 1.0, 1.0]
    assert Endpoint.keys == [None]


def test_only_the_best_passages_are_scored(serve: Callable[[Reply], Rerank]) -> None:
    rerank = serve(lambda asked: (200, json.dumps(by_words(asked["texts"])).encode()))

    scores = rerank(QUESTION, [passage("Warranty.") for _ in range(MOST_PASSAGES + 20)])

    assert scores is not None
    assert len(scores) == len(Endpoint.asked[0]["texts"]) == MOST_PASSAGES


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b'{"results": "none"}',
        b'[{"index": 0, "score": 1}]',
        b'[{"index": 0, "score": 1}, {"index": 1, "score": 1}, {"index": 3, "score": 1}]',
        b'[{"index": 0, "score": 1}, {"index": 1, "score": NaN}, {"index": 2, "score": 1}]',
        b'[{"index": 0}, {"index": 1}, {"index": 2}]',
        b"[" * 100_000,
        b'["' + b"x" * 3_000_000 + b'"]',
    ],
    ids=lambda body: repr(body[:20]),
)
def test_anything_but_scores_leaves_the_order(serve: Callable[[Reply], Rerank], body: bytes) -> None:
    rerank = serve(lambda _asked: (200, body))

    assert rerank(QUESTION, PASSAGES) is None


@pytest.mark.parametrize("status", [401, 404, 500, 302])
def test_a_refusal_leaves_the_order(serve: Callable[[Reply], Rerank], status: int) -> None:
    rerank = serve(lambda _asked: (status, b"[]"))

    assert rerank(QUESTION, PASSAGES) is None


class Scripted:
    """A reranker that does what a test tells it."""

    def __init__(self, deed: Callable[[], list[float]]) -> None:
        self.asked = 0
        self._deed = deed

    def scores(self, _question: str, _texts: Sequence[str]) -> list[float]:
        """Do it."""
        self.asked += 1
        return self._deed()


def broken() -> list[float]:
    """Fail as no library should."""
    raise KeyError("weights")


def test_whatever_it_fails_with_it_is_left_alone_for_a_while() -> None:
    now = [0.0]
    reranker = Scripted(broken)
    rerank = BoundedReranker(reranker, clock=lambda: now[0])

    results = [rerank(QUESTION, PASSAGES), rerank(QUESTION, PASSAGES)]
    asked_at_first = reranker.asked
    now[0] += REST_SECONDS + 1
    rerank(QUESTION, PASSAGES)

    assert results == [None, None]
    assert (asked_at_first, reranker.asked) == (1, 2)


def test_a_reranker_that_takes_too_long_is_not_waited_for() -> None:
    over = threading.Event()

    rerank = BoundedReranker(Scripted(lambda: [float(over.wait(20))]), seconds=0.05)
    scores = rerank(QUESTION, PASSAGES)
    over.set()

    assert scores is None


def test_one_passage_needs_no_reranker() -> None:
    reranker = Scripted(broken)

    assert BoundedReranker(reranker)(QUESTION, PASSAGES[:1]) is None
    assert reranker.asked == 0


class WordCounter(BaseNodePostprocessor):
    """A postprocessor that keeps the nodes with most warranty in them."""

    top_n: int = 2
    model: str = "none"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        assert query_bundle is not None
        assert query_bundle.query_str == QUESTION
        assert self.model == "words"
        for node in nodes:
            node.score = float(node.node.get_content().count("arranty"))
        return sorted(nodes, key=lambda node: -(node.score or 0))[: self.top_n]


def test_a_postprocessor_scores_by_its_dotted_path(settings: Settings) -> None:
    settings.RERANKER, settings.RERANK_MODEL = f"{__name__}.WordCounter", "words"
    configured_rerank.cache_clear()

    rerank = configured_rerank()
    configured_rerank.cache_clear()

    assert rerank is not None
    assert rerank(QUESTION, PASSAGES) == [0.0, 1.0, 1.0]


@pytest.mark.parametrize("path", ["nowhere.Reranker", "tests.factories.nothing", "math.pi"])
def test_a_postprocessor_that_cannot_be_loaded_is_told_at_once(settings: Settings, path: str) -> None:
    settings.RERANKER = path
    configured_rerank.cache_clear()

    with pytest.raises(RerankFailed, match="dotted path of a LlamaIndex"):
        configured_rerank()


def test_without_a_setting_there_is_none() -> None:
    configured_rerank.cache_clear()

    assert configured_rerank() is None


def test_passages_are_told_with_their_place(serve: Callable[[Reply], Rerank]) -> None:
    rerank = serve(lambda asked: (200, json.dumps(by_words(asked["texts"])).encode()))
    found: list[Passage] = [passage("Two years.", title="Manual", heading_path=("Warranty",)), passage("x")]

    rerank(QUESTION, found)

    assert Endpoint.asked[0]["texts"][0] == "Manual › Warranty\nTwo years."
