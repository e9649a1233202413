"""Tests of the demo website: it fills in its pages and shows nothing outside its folder."""

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from supportbot.embedded.website import Site

PAGE = '<script async src="{{ widget_origin }}/w.js" data-assistant="{{ assistant_key }}"></script>'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site with a page and a style sheet, beside a file that is nobody's business."""
    folder = tmp_path / "website"
    (folder / "shop").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "shop" / "index.html").write_text("shop", encoding="utf-8")
    (folder / "site.css").write_text("p { color: {{ widget_origin }} }", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    values = {"widget_origin": "http://127.0.0.1:8000", "assistant_key": "demo"}
    with Site(0, folder, values) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def get(site: Site, path: str, method: str = "GET") -> tuple[http.client.HTTPResponse, str]:
    """Return the answer to a request and its body."""
    connection = http.client.HTTPConnection("127.0.0.1", site.server_address[1], timeout=10)
    connection.putrequest(method, path)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response, body


def test_pages_name_the_origin_of_the_widget_and_the_assistant(site: Site) -> None:
    response, body = get(site, "/?from=a-search")

    assert body == '<script async src="http://127.0.0.1:8000/w.js" data-assistant="demo"></script>'
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_folder_shows_its_index(site: Site) -> None:
    assert get(site, "/shop/")[1] == "shop"


def test_files_other_than_pages_are_served_as_they_are(site: Site) -> None:
    response, body = get(site, "/site.css")

    assert body == "p { color: {{ widget_origin }} }"
    assert response.headers["Content-Type"] == "text/css"


def test_a_head_request_gets_no_body(site: Site) -> None:
    response, body = get(site, "/", method="HEAD")

    assert (response.status, body) == (200, "")


@pytest.mark.parametrize(
    "path", ["/missing", "/../secret.txt", "/%2e%2e/secret.txt", "//etc/passwd", "/%00", "/" + "x" * 5000]
)
def test_there_is_nothing_outside_the_folder(site: Site, path: str) -> None:
    response, body = get(site, path)

    assert (response.status, body) == (404, "There is no such page.\n")
