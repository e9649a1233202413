"""Names of pages: what is another address is another document, and no text gets lost."""

import pytest

from knowledge.models import Document, SourcePage
from knowledge.parsing.media import HTML, PDF
from knowledge.sources.web import file_name
from tests.knowledge.crawling.website import Website
from tests.knowledge.sources.syncing import PUMP, RESET, document_of, page, source_of, synced

HOST = "https://help.example"


@pytest.mark.parametrize(
    ("media_type", "paths"),
    [
        (HTML, ["/", "/index", "/index.html", "/index/", "/index.htm"]),
        (HTML, ["/a", "/a/", "/a//", "/a.html", "/a.HTML", "/a.htm", "/a.md", "/%61", "/a?", "/a?b", "/a?c"]),
        (HTML, ["/a/b", "/a%2Fb", "/a%2fb", "/a/b/", "/ä", "/%C3%A4/"]),
        (PDF, ["/a", "/a/", "/a.pdf", "/a.PDF", "/a.html"]),
    ],
)
def test_different_addresses_have_different_names(media_type: str, paths: list[str]) -> None:
    names = {path: file_name(f"{HOST}{path}", media_type) for path in paths if path != "/a?"}

    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize(
    ("path", "media_type", "name"),
    [
        ("/guides/reset", HTML, "help.example/guides/reset.html"),
        ("/über-uns", HTML, "help.example/über-uns.html"),
        ("/manual.pdf", PDF, "help.example/manual.pdf"),
    ],
)
def test_a_plain_address_is_its_name(path: str, media_type: str, name: str) -> None:
    assert file_name(f"{HOST}{path}", media_type) == name


def test_pages_that_differ_in_a_slash_or_an_ending_are_documents_of_their_own(site: Website) -> None:
    site.pages["/"] = page("Welcome to the help for all our machines.", "/guides/ /guides.html /guides")
    site.pages["/guides/"] = page("The warranty lasts 24 months from the day of delivery.")
    site.pages["/guides.html"] = page(RESET)
    site.pages["/guides"] = page(PUMP)

    run = synced(source_of(site.url("/")))

    assert run.counts["new"] == Document.objects.count() == 4
    for path, words in (("/guides/", "24 months"), ("/guides.html", "ten seconds"), ("/guides", "E-42")):
        live = document_of(site, path).live_version
        assert live is not None
        assert words in live.text


def test_a_page_that_is_known_keeps_its_document_whatever_its_name_would_be_today(site: Website) -> None:
    site.pages["/guides/"] = page(RESET)
    source = source_of(site.url("/guides/"))
    synced(source)
    Document.objects.update(file_name=f"127.0.0.1-{site.port}/guides.html")
    before = document_of(site, "/guides/")
    site.pages["/guides/"] = page(PUMP)

    synced(source)

    after = document_of(site, "/guides/")
    assert (after, after.file_name) == (before, before.file_name)
    assert after.versions.count() == 2
    assert SourcePage.objects.count() == Document.objects.count() == 1
