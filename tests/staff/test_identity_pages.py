"""The page of an assistant's identity secrets: shown once, rotated, retired, with code that works."""

import html
import os
import re
import shutil
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from chat.conversations.identity_tokens import read_identity
from chat.models import IdentitySecret
from tests.factories import assistant

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    """Return the page."""
    return client.get(reverse("staff:identity", args=[assistant().key])).content.decode()


def made(client: Client) -> tuple[str, str]:
    """Make a secret; return the page that shows it, and the secret."""
    response = client.post(reverse("staff:identity-new", args=[assistant().key]), follow=True)
    text = response.content.decode()
    found = re.search(r'<code id="secret">([\w-]{43})</code>', text)
    assert "no-store" in response["Cache-Control"]
    return text, found[1] if found else ""


def code_of(text: str, block: str) -> str:
    """Return an example of the page."""
    found = re.search(rf'<code id="{block}">(.*?)</code>', text, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_without_a_secret_nobody_is_vouched_for(ada_client: Client) -> None:
    text = page(ada_client)

    assert "There is none yet" in text
    assert "Make a secret" in text


def test_a_secret_is_shown_once_followed_by_another_and_retired(ada_client: Client) -> None:
    shown, secret = made(ada_client)
    second, other = made(ada_client)
    third, none = made(ada_client)
    numbers = list(IdentitySecret.objects.values_list("number", flat=True))
    retired = ada_client.post(
        reverse("staff:identity-retire", args=[assistant().key, numbers[-1]]), follow=True
    ).content.decode()
    again = ada_client.post(
        reverse("staff:identity-retire", args=[assistant().key, numbers[-1]]), follow=True
    ).content.decode()

    assert secret
    assert other
    assert secret not in second + third + page(ada_client)
    assert "never shown again" in shown
    assert (none, len(numbers)) == ("", 2)
    assert "Two secrets are alive." in third
    assert "is retired: nothing signed with it counts." in retired
    assert "retired before" in again


def test_the_secret_of_another_assistant_is_not_retired_here(ada_client: Client) -> None:
    made(ada_client)
    other = assistant("other")

    ada_client.post(reverse("staff:identity-retire", args=[other.key, IdentitySecret.objects.get().number]))

    assert IdentitySecret.objects.get().retired_at is None


def test_the_python_example_signs_what_we_believe(ada_client: Client) -> None:
    text, secret = made(ada_client)
    program = code_of(text, "python") + '\nprint(sign_identity(7, "Cleo", "cleo@example.com"))'

    signed = run([sys.executable, "-c", program], secret)

    vouched = read_identity(assistant(), signed)
    assert (vouched.external_id, vouched.name, vouched.email) == ("7", "Cleo", "cleo@example.com")


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed.")
def test_the_node_example_signs_what_we_believe(ada_client: Client) -> None:
    text, secret = made(ada_client)
    program = code_of(text, "node") + '\nconsole.log(signIdentity(7, "Cleo"));'

    signed = run(["node", "--input-type=module", "--eval", program], secret)

    vouched = read_identity(assistant(), signed)
    assert (vouched.external_id, vouched.name, vouched.email) == ("7", "Cleo", "")


def run(command: list[str], secret: str) -> str:
    """Run an example as a website's server would; return what it prints."""
    environment = {"PATH": os.environ["PATH"], "SUPPORTBOT_IDENTITY_SECRET": secret}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout.strip()
