"""Sitemaps: from sitemap files and indexes of them to the addresses of a site's pages.

A sitemap is XML from strangers: no entity is resolved, nothing is loaded by it, and an index
may name neither itself nor others for ever.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from knowledge.crawling.bodies import unpacked
from knowledge.crawling.fetch import SITEMAPS, Fetched, Fetcher
from knowledge.crawling.pinning import Refused, Unreachable

MOST_BYTES = 10_000_000  # of one file, unpacked
MOST_FILES = 100
MOST_DEPTH = 3
MOST_PAGES = 50_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that a sitemap names; ``lastmod`` is when it says that it changed, as ISO 8601 or empty."""

    url: str
    lastmod: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one file names: pages, or further files."""

    pages: tuple[Entry, ...] = ()
    sitemaps: tuple[str, ...] = ()


@dataclass
class SitemapWalk:
    """Reads sitemaps and the files they name, ``wait`` before each; ``problems`` says what was not read."""

    fetcher: Fetcher
    wait: Callable[[str], object]
    problems: dict[str, str] = field(default_factory=dict)

    def pages(self, roots: Iterable[str]) -> Iterator[Entry]:
        """Yield each page once, at most 50,000 out of 100 files three deep."""
        waiting = deque((url, 1) for url in roots)
        files: set[str] = set()
        pages: set[str] = set()
        while waiting and len(files) < MOST_FILES:
            url, depth = waiting.popleft()
            if url in files:
                continue
            files.add(url)
            found = self._read(url)
            if depth < MOST_DEPTH:
                waiting.extend((inner, depth + 1) for inner in found.sitemaps)
            for entry in found.pages:
                if entry.url not in pages and len(pages) < MOST_PAGES:
                    pages.add(entry.url)
                    yield entry

    def _read(self, url: str) -> Sitemap:
        try:
            self.wait(url)
            found = self.fetcher.fetch(url, kinds=SITEMAPS)
            if isinstance(found, Fetched):
                return read_sitemap(found.body)
            self.problems[url] = "There is no such file."
        except (Refused, Unreachable) as error:
            self.problems[url] = str(error)
        return Sitemap()


def read_sitemap(body: bytes) -> Sitemap:
    """Return what a sitemap file names: XML, packed or not, or plain text with one address a line.

    Raises:
        Refused: It is no sitemap, damaged or too large.
    """
    data = unpacked(body, MOST_BYTES)
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        lines = data.decode("utf-8-sig", "replace").splitlines()
        return Sitemap(tuple(Entry(line.strip()) for line in lines if line.strip().startswith("http")))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(f"This is not a sitemap: {error}.") from error
    match etree.QName(root).localname:
        case "urlset":
            return Sitemap(pages=tuple(_entries(root)))
        case "sitemapindex":
            return Sitemap(sitemaps=tuple(entry.url for entry in _entries(root)))
        case other:
            raise Refused(f"This is not a sitemap: it holds “{other}” and not a set of addresses.")


def _entries(root: etree._Element) -> Iterator[Entry]:
    for item in root.iterchildren(tag=etree.Element):
        texts = {
            etree.QName(child).localname: (child.text or "").strip()
            for child in item.iterchildren(tag=etree.Element)
        }
        if texts.get("loc"):
            yield Entry(texts["loc"], texts.get("lastmod", "")[:40])
