"""Who may enter the staff area: nobody but active staff, by any URL and any method."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.urls.converters import get_converters

import chat.staff.urls
import knowledge.staff.urls
from tests.staff.conftest import MakeDocument

PATTERNS = knowledge.staff.urls.urlpatterns + chat.staff.urls.urlpatterns
NAMES = [pattern.name for pattern in PATTERNS]
ACTS = ["retry", "cancel", "publish", "unpublish", "upload", "review"]
ACTS += ["bulk", "chunk-merge", "chunk-disable", "edit-undo", "conflict-keep", "conflict-source"]
ACTS += ["finding-decide", "finding-hold", "curated-enable", "curated-disable", "curated-confirm"]
ACTS += ["token-revoke", "evaluation-start", "evaluation-cancel", "evaluation-retry"]
ACTS += [f"source-{act}" for act in ("sync", "cancel", "pause", "resume", "again")]
ACTS += [
    f"inbox-{act}" for act in ("available", "undo", "reply", "note", "draft", "join", "release", "close")
]
ACTS += [f"inbox-{act}" for act in ("reopen", "assign", "snooze", "tags")]
ACTS += ["identity-new", "identity-retire", "ban-lift", "mail-retry", "mail-cancel"]


def address_of(name: str) -> str:
    """Return a URL of that name with made-up arguments."""
    (pattern,) = (pattern for pattern in PATTERNS if pattern.name == name)
    made_up = {"slug": "shelf", "int": 7, "uuid": uuid.UUID(int=7), "str": "demo"}
    converters = pattern.pattern.converters.items()
    kinds = {kind: name for name, kind in get_converters().items()}
    return reverse(f"staff:{name}", kwargs={key: made_up[kinds[converter]] for key, converter in converters})


def send(client: Client, name: str, **headers: str) -> Any:
    """Send the method that the page takes."""
    method = client.post if name in ACTS else client.get
    return method(address_of(name), headers=headers)


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_whoever_is_not_signed_in_is_sent_to_the_login_page(name: str) -> None:
    response = send(Client(), name)

    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_an_account_that_is_not_staff_is_refused(name: str) -> None:
    cleo = Client()
    cleo.force_login(User.objects.create(username="cleo"))

    response = send(cleo, name)

    assert response.status_code == 403
    assert "This area is for staff" in response.content.decode()


@pytest.mark.django_db
def test_an_account_switched_off_is_signed_out_at_once(ada: User, ada_client: Client) -> None:
    User.objects.update(is_active=False)

    response = send(ada_client, "documents")

    assert response.status_code == 302


@pytest.mark.django_db
def test_htmx_is_told_to_open_the_login_page_instead_of_being_given_its_form() -> None:
    response = send(Client(), "progress", **{"HX-Request": "true"})

    assert response.status_code == 401
    assert response["HX-Redirect"] == reverse("login")


@pytest.mark.parametrize("name", ACTS)
def test_nothing_changes_by_following_a_link(name: str, ada_client: Client) -> None:
    response = ada_client.get(address_of(name))

    assert response.status_code == 405


@pytest.mark.parametrize("name", [*ACTS, "delete", "collection-new", "assistant-new"])
def test_a_form_from_another_site_is_refused(name: str, ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    response = client.post(address_of(name))

    assert response.status_code == 403
    assert "form has expired" in response.content.decode()


def test_the_way_back_never_leaves_the_site(ada_client: Client, make_document: MakeDocument) -> None:
    document = make_document()

    address = reverse("staff:unpublish", args=[document.pk])
    response = ada_client.post(address, {"next": "https://elsewhere.example/"})

    assert response["Location"] == reverse("staff:documents")
