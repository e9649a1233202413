"""The command: sources in the terminal."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from knowledge.models import Source
from tests.factories import shelf
from tests.knowledge.crawling.website import Website, html


def told(*arguments: str) -> str:
    """Return what the command says."""
    out = StringIO()
    call_command("sync", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_a_source_is_added_synced_and_shown(site: Website) -> None:
    site.pages["/"] = html("<h1>Help</h1><p>The help for our machines.</p><a href='/none'>none</a>")
    shelf()

    empty = told("list")
    added = told("add", "site", site.url("/"), "--name", "Shop", "--schedule", "weekly")
    Source.objects.update(seconds_between=0)
    number = str(Source.objects.get().pk)
    ran, status, listed = told("run", number), told("status", number), told("list")

    assert "No sources yet" in empty
    assert "“Shop”" in added
    assert "Ready: 2 of 2 pages. 2 seen, 1 fetched, 1 new, 1 gone." in ran
    assert "the page is gone" in status
    assert f"{number}  Shop · Website or sitemap · {site.url('/')} · help-centre · Every week" in listed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("run", "7777"), "no source 7777"),
        (("add", "page", "https://a.example/", "--collection", "none"), "no collection"),
        (("add", "page", "a.example"), "https://"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    site: Website, arguments: tuple[str, ...], sentence: str
) -> None:
    shelf()

    with pytest.raises(CommandError, match=sentence):
        told(*arguments)


def test_a_sync_that_fails_fails_the_command(site: Website) -> None:
    source = Source.objects.create(collection=shelf(), name="x", kind="folder", address="/nowhere")

    with pytest.raises(CommandError, match="SOURCE_FOLDERS"):
        told("run", str(source.pk))
