"""Widget views: who gets which page, under which policy, and never with a cookie."""

import gzip

import pytest
from django.http import HttpResponseBase
from django.test import Client, override_settings

from chat.models import Assistant

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> Assistant:
    return Assistant.objects.create(
        key="demo",
        name="Lindmoor Help",
        greeting='Hello "there" <b>',
        allowed_origins=["http://127.0.0.1:8001", "https://*.example.com", "https://x.example; script-src *"],
    )


def policy(response: HttpResponseBase) -> dict[str, str]:
    directives = response["Content-Security-Policy"].split("; ")
    return {name: sources for name, _, sources in (directive.partition(" ") for directive in directives)}


def test_the_front_page_is_the_default_assistant_and_cannot_be_framed(
    client: Client, demo: Assistant
) -> None:
    with override_settings(DEFAULT_ASSISTANT="demo"):
        response = client.get("/")

    assert response.status_code == 200
    assert 'data-assistant="demo"' in response.content.decode()
    assert 'data-greeting="Hello &quot;there&quot; &lt;b&gt;"' in response.content.decode()
    assert policy(response)["frame-ancestors"] == "'none'"
    assert response["X-Frame-Options"] == "DENY"


def test_before_there_is_an_assistant_the_front_page_says_so(client: Client) -> None:
    with override_settings(DEFAULT_ASSISTANT="missing"):
        response = client.get("/")

    assert response.status_code == 503
    assert "There is no assistant to talk to yet." in response.content.decode()


def test_only_the_assistants_origins_may_frame_it(client: Client, demo: Assistant) -> None:
    response = client.get("/widget/v1/demo/")

    assert response.status_code == 200
    assert policy(response)["frame-ancestors"] == "'self' http://127.0.0.1:8001 https://*.example.com"
    assert "X-Frame-Options" not in response


def test_without_origins_only_our_own_pages_frame_it(client: Client, demo: Assistant) -> None:
    Assistant.objects.filter(key="demo").update(allowed_origins=[])

    response = client.get("/widget/v1/demo/")

    assert policy(response)["frame-ancestors"] == "'self'"


@pytest.mark.parametrize("path", ["/widget/v1/demo/", "/widget/v1/demo/?locale=de&theme=dark&color=ffd400"])
def test_the_policy_allows_only_our_own_files_and_socket(client: Client, demo: Assistant, path: str) -> None:
    response = client.get(path, headers={"host": "localhost"})

    sources = policy(response)
    assert sources["default-src"] == "'none'"
    assert sources["script-src"] == sources["style-src"] == "'self'"
    assert sources["connect-src"] == "'self' ws://localhost"
    assert sources["base-uri"] == sources["form-action"] == "'none'"
    assert sources["require-trusted-types-for"] == "'script'"


@pytest.mark.parametrize("is_known", [True, False])
def test_an_unknown_or_retired_key_gets_a_sentence(client: Client, demo: Assistant, is_known: bool) -> None:
    Assistant.objects.filter(key="demo").update(is_active=False)

    response = client.get("/widget/v1/demo/" if is_known else "/widget/v1/nobody/")

    assert response.status_code == 404
    assert "There is no assistant with this key." in response.content.decode()
    assert policy(response)["frame-ancestors"] == "'none'"


def test_wishes_of_the_site_are_text_in_the_page(client: Client, demo: Assistant) -> None:
    response = client.get("/widget/v1/demo/", {"theme": '"><script>', "locale": "x" * 99})

    body = response.content.decode()
    assert 'data-scheme="&quot;&gt;&lt;script&gt;"' in body
    assert f'data-locale="{"x" * 16}"' in body


def test_the_loader_is_cached_for_an_hour_and_revalidated(client: Client) -> None:
    first = client.get("/widget/v1/loader.js")
    again = client.get("/widget/v1/loader.js", headers={"if-none-match": first["ETag"]})

    assert first["Content-Type"] == "text/javascript; charset=utf-8"
    assert first["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "public" in first["Cache-Control"]
    assert "max-age=3600" in first["Cache-Control"]
    assert b"window.Supportbot" in first.content
    assert again.status_code == 304
    assert again.content == b""


def test_the_loader_travels_packed(client: Client) -> None:
    response = client.get("/widget/v1/loader.js", headers={"accept-encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) <= 3 * 1024


@pytest.mark.parametrize("path", ["/", "/widget/v1/demo/", "/widget/v1/loader.js", "/widget/v1/nobody/"])
def test_no_widget_page_sets_a_cookie_or_takes_a_post(client: Client, demo: Assistant, path: str) -> None:
    response = client.get(path)
    posted = client.post(path)

    assert not response.cookies
    assert posted.status_code == 405


def test_the_files_of_a_release_may_be_kept_for_ever_and_are_packed(client: Client, demo: Assistant) -> None:
    page = client.get("/widget/v1/demo/").content.decode()
    address = page.partition('<script type="module" src="')[2].partition('"')[0]

    response = client.get(address, headers={"accept-encoding": "gzip"})

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert gzip.decompress(response.content) == client.get(address).content
    assert "Accept-Encoding" in response["Vary"]


def test_a_page_of_another_release_gets_todays_files_and_keeps_none(client: Client) -> None:
    response = client.get("/widget/v1/app/0123456789abcdef/app.js")

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["nothing.js", "../views.py", "locales/../app.js", "loader.py"])
def test_only_the_widgets_own_files_are_served(client: Client, name: str) -> None:
    assert client.get(f"/widget/v1/app/0123456789abcdef/{name}").status_code == 404


def test_a_preview_is_framed_by_ourselves_alone(client: Client, demo: Assistant) -> None:
    response = client.get("/widget/v1/demo/?preview=1")

    assert policy(response)["frame-ancestors"] == "'self'"
    assert 'data-mode="preview"' in response.content.decode()


def test_the_assistants_theme_is_in_the_page_and_the_tag_goes_before_it(
    client: Client, demo: Assistant
) -> None:
    theme = {"color": "#123456", "scheme": "dark", "radius": 4, "font": "serif", "logo": ""}
    Assistant.objects.filter(key="demo").update(theme=theme)

    body = client.get("/widget/v1/demo/?color=ffd400").content.decode()

    assert 'data-color="ffd400" data-radius="4" data-font="serif"' in body
    assert 'data-scheme="dark"' in body
