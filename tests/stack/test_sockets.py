"""Sockets of a running product: cut, resumed, shared by two tabs, and hostile."""

import json

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.stack.customer import Customer, new_token
from tests.stack.product import Product

pytestmark = pytest.mark.stack
QUESTION = "How long is the warranty?"


def stored(product: Product, conversation: str) -> list[tuple[int, str]]:
    return product.rows(
        "SELECT seq, kind FROM chat_event WHERE conversation_id = %s ORDER BY seq", conversation
    )


def test_a_socket_cut_during_an_answer_gets_exactly_the_rest(product: Product) -> None:
    token = new_token()
    with Customer(product.url, token) as staying:
        first = Customer(product.url, token)
        with first:
            first.ask(QUESTION)
            first.until_event("message.created")
            first.cut()

        with Customer(product.url, token, first.last_seq, first.events) as again:
            again.until_event("answer.finished")
            staying.ask("And for how long can I return it?")
            staying.until_event("answer.finished")
            again.until_event("answer.finished")
            welcome = Customer(product.url, token)
            with welcome:
                pass

    conversation = product.rows(
        "SELECT conversation_id FROM chat_message WHERE client_id IS NOT NULL AND text = %s "
        "ORDER BY created_at DESC LIMIT 1",
        QUESTION,
    )[0][0]
    truth = stored(product, conversation)
    assert [(event["seq"], event["event"]) for event in again.events] == truth
    assert [seq for seq, _ in truth] == list(range(1, len(truth) + 1))


def test_the_same_question_sent_twice_is_stored_and_answered_once(product: Product) -> None:
    with Customer(product.url, new_token()) as customer:
        client_id = customer.ask(QUESTION)
        customer.send(type="ask", client_id=client_id, text=QUESTION)
        customer.until_event("answer.finished")

    rows = product.rows("SELECT count(*) FROM chat_message WHERE client_id = %s", client_id)
    assert rows == [(1,)]
    assert [event["event"] for event in customer.events].count("answer.started") == 1


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("no json", "bad_frame"),
        ("[]", "bad_frame"),
        ('{"type": "ask", "client_id": "x", "text": "hi"}', "bad_frame"),
        ('{"type": "fly"}', "unknown_frame"),
        ('{"type": {"not": "a"}}', "unknown_frame"),
        ("[" * 5000, "bad_frame"),
    ],
)
def test_a_frame_that_cannot_be_read_is_answered_with_a_sentence(
    product: Product, raw: str, code: str
) -> None:
    with Customer(product.url, new_token()) as customer:
        assert customer.socket is not None
        customer.socket.send(raw)

        error = customer.until(lambda frame: frame["type"] == "error")

    assert error["code"] == code
    assert error["detail"].endswith(".")


@pytest.mark.parametrize(("text", "code"), [("", "empty"), ("   \n", "empty"), ("x" * 10_000, "too_long")])
def test_a_question_of_the_wrong_length_is_refused_in_words(product: Product, text: str, code: str) -> None:
    with Customer(product.url, new_token()) as customer:
        client_id = customer.ask(text)

        error = customer.until(lambda frame: frame["type"] == "error")

    assert (error["code"], error["client_id"]) == (code, client_id)


def test_a_foreign_origin_is_refused(product: Product) -> None:
    address = product.url.replace("http", "ws", 1) + "/ws/chat/"

    with pytest.raises(InvalidStatus) as refused:
        connect(address, origin=Origin("https://evil.example"))

    assert refused.value.response.status_code == 403


def test_the_first_frame_must_be_hello(product: Product) -> None:
    address = product.url.replace("http", "ws", 1) + "/ws/chat/"

    with connect(address, origin=Origin(product.url)) as socket:
        socket.send('{"type": "ping"}')
        answer = json.loads(socket.recv(timeout=10))

    assert answer["code"] == "hello_first"
