"""Web: what a page of the web is right now, politely asked.

Knows no database: ``sync`` hands in what is known of a page and stores what is found.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import quote

from knowledge.crawling import Fetched, Fetcher, Gone, NotModified
from knowledge.crawling.fetch import Known, parsed
from knowledge.crawling.pages import PageHead, Traps, head_of, normal, text_fingerprint
from knowledge.crawling.pinning import Refused
from knowledge.crawling.politeness import Politeness
from knowledge.crawling.robots import Robots
from knowledge.crawling.sitemaps import SitemapWalk
from knowledge.parsing.media import BY_SUFFIX, HTML
from knowledge.sources.looks import Body, Found, LeftOut, Look, Missing, Same, Why
from knowledge.sources.scope import SiteScope, is_sitemap

MOST_NAME = 200  # characters
NOTHING = Known()
_SUFFIXES = {media_type: suffix for suffix, media_type in reversed(BY_SUFFIX.items())}
_FIT = "/~+=,@"  # of a path, beside letters, digits and what needs no quoting
_UNFIT = re.compile(r"[^\w./~+=,@ -]+")


@dataclass(frozen=True, slots=True)
class Visit:
    """A page to look at, with what is known of it: canonical pages of others may point back at it."""

    address: str
    known: Known = NOTHING
    pointed_at_by: frozenset[str] = frozenset()


@dataclass
class WebReader:
    """Reads the pages of one source; ``scope`` is None for a single page, which may lead anywhere."""

    address: str
    fetcher: Fetcher
    politeness: Politeness
    scope: SiteScope | None = None
    follow_links: bool = False
    traps: Traps = field(default_factory=Traps)
    problems: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.robots = Robots(self.fetcher)

    def start(self, most: int) -> Iterator[Found]:
        """Yield at most ``most`` addresses to begin with; reads the sitemaps of a site.

        Raises:
            Refused: The source's address is none that we read.
            Unreachable: The site or its robots.txt cannot be had at the moment.
        """
        self.robots.allows(self.address)
        if self.scope is None:
            yield Found(normal(self.address))
            return
        if not is_sitemap(self.address):
            yield Found(normal(self.address))
        walk = SitemapWalk(self.fetcher, self.politeness.wait, self.problems)
        entries = sorted(walk.pages(self._sitemaps()), key=lambda entry: entry.lastmod, reverse=True)
        self.problems.pop(self._guessed(), None)  # nobody said that there is one
        yield from islice(self._in_scope((entry.url for entry in entries), depth=0), most)
        if not entries and is_sitemap(self.address):
            raise Refused(next(iter(self.problems.values()), "The sitemap names no pages."))

    def found(self, links: Iterable[str], depth: int) -> list[Found]:
        """Return the links that are pages of this site, mazes left out."""
        return [self._unless_trap(item) for item in self._in_scope(links, depth)]

    def known(self, address: str, depth: int) -> Found:
        """Return a page that we know of, left out where the source was narrowed since."""
        url = self._adopted(address)
        if self.scope is None:
            is_ours, left_out = url == normal(self.address), None
        else:
            is_ours, left_out = self.scope.contains(url), self.scope.left_out(url)
        beyond = LeftOut(Why.PATTERNS, "It is not part of the source any more.")
        item = Found(address, depth, left_out if is_ours else beyond)
        return self._unless_trap(item) if depth else item

    def look(self, visit: Visit) -> Look:
        """Return what is at a page's address now.

        Raises:
            Refused: We do not go there, or do not take what is there; says why.
            Unreachable: It may work later.
        """
        if not self.robots.allows(visit.address):
            return LeftOut(Why.ROBOTS, "The site's robots.txt asks not to read it.")
        self.politeness.wait(visit.address, self.robots.delay(visit.address))
        match self.fetcher.fetch(visit.address, visit.known):
            case NotModified():
                return Same()
            case Gone(status=status):
                return Missing(f"The server answers {status}: the page is gone.")
            case Fetched() as page:
                return self._judged(visit, page)

    def _judged(self, visit: Visit, page: Fetched) -> Look:
        final = self._adopted(normal(page.final_url))
        if final != visit.address:
            if self.scope is not None:
                return self._elsewhere(final, f"It leads to {final}.")
            if not self.robots.allows(final):
                return LeftOut(Why.ROBOTS, f"It leads to {final}, which robots.txt asks not to read.")
        if page.media_type != HTML:
            digest = hashlib.sha256(page.body).hexdigest()
            return Body(page.body, file_name(visit.address, page.media_type), digest, page.known)
        return self._html(visit, page, head_of(page.body, final))

    def _html(self, visit: Visit, page: Fetched, head: PageHead) -> Look:
        links = head.links if self.follow_links and head.is_followed else ()
        if self.scope is not None:
            canonical = self._adopted(head.canonical) if head.canonical else visit.address
            is_other = canonical != visit.address and self.scope.contains(canonical)
            if is_other and canonical not in visit.pointed_at_by:
                return self._elsewhere(canonical, f"Its canonical address is {canonical}.", links)
            if not head.is_indexed:
                return LeftOut(Why.ELSEWHERE, "The page asks not to be indexed (noindex).", links=links)
        name = file_name(visit.address, page.media_type)
        return Body(page.body, name, text_fingerprint(page.body), page.known, links)

    def _elsewhere(self, target: str, reason: str, links: tuple[str, ...] = ()) -> LeftOut:
        return LeftOut(Why.ELSEWHERE, reason, leads_to=target, links=links)

    def _sitemaps(self) -> tuple[str, ...]:
        if is_sitemap(self.address):
            return (self.address,)
        return self.robots.sitemaps(self.address) or (self._guessed(),)

    def _guessed(self) -> str:
        if is_sitemap(self.address) or self.robots.sitemaps(self.address):
            return ""
        return str(parsed(self.address).copy_with(raw_path=b"/sitemap.xml", fragment=None))

    def _in_scope(self, addresses: Iterable[str], depth: int) -> Iterator[Found]:
        for address in addresses:
            try:
                url = self._adopted(normal(address))
            except Refused:
                continue
            if self.scope is not None and self.scope.contains(url):
                yield Found(url, depth, self.scope.left_out(url))

    def _unless_trap(self, item: Found) -> Found:
        reason = self.traps.reason(item.address) if item.left_out is None else ""
        return Found(item.address, item.depth, LeftOut(Why.TRAPS, reason)) if reason else item

    def _adopted(self, url: str) -> str:
        return self.scope.adopted(url) if self.scope is not None else url


def file_name(url: str, media_type: str) -> str:
    """Return the name that a page's document goes by: readable, with a suffix, and no other address's.

    /a and /a.pdf stay as they are; what loses a slash or an ending, or gets one that a file of its own
    could have, carries a mark of its address: /a/ and /a.html are other pages than /a.
    """
    found = parsed(url)
    path = found.path.rstrip("/") or "/index"
    suffix = _SUFFIXES.get(media_type, ".html")
    stem = next((path[: -len(end)] for end in BY_SUFFIX if path.lower().endswith(end)), path)
    query = f"?{found.query.decode('ascii')}" if found.query else ""
    port = f"-{found.port}" if found.port else ""
    name = _UNFIT.sub("-", f"{found.host}{port}{stem}{query}")
    shown = stem if suffix == ".html" else f"{stem}{suffix}"
    is_spelt_out = shown == found.path and quote(shown, safe=_FIT) == found.raw_path.decode("ascii")
    # Addresses that differ only in what is unfit for a name, or beyond its end, must stay apart too.
    if not is_spelt_out or len(name) > MOST_NAME or name != f"{found.host}{port}{stem}":
        name = f"{name[:MOST_NAME]}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"
    return f"{name}{suffix}"
