"""Robots: from a site's robots.txt to what it lets us read, how fast, and where its sitemaps are.

A site without the file allows everything (RFC 9309: any 4xx). One whose file cannot be had
at the moment forbids everything for now: the visit is postponed, not begun in the dark.
"""

from dataclasses import dataclass, field

from protego import Protego

from knowledge.crawling.fetch import ANYTHING, Fetched, Fetcher, parsed
from knowledge.crawling.pinning import Refused

MOST_READ = 500_000  # bytes; RFC 9309 asks for at least 500 KiB
MOST_DELAY = 30.0  # seconds between two requests that we put up with


@dataclass(frozen=True, slots=True)
class Robots:
    """The robots.txt files of the sites of one run, each fetched once."""

    fetcher: Fetcher
    _rules: dict[str, Protego] = field(default_factory=dict)

    def allows(self, url: str) -> bool:
        """Say whether the site lets us read an address.

        Raises:
            Unreachable: Its robots.txt cannot be had at the moment.
        """
        return bool(self._of(url).can_fetch(url, self.fetcher.agent))

    def delay(self, url: str) -> float:
        """Return the seconds that the site wants between two requests, 0 if it does not say."""
        return min(float(self._of(url).crawl_delay(self.fetcher.agent) or 0), MOST_DELAY)

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the addresses of the site's sitemaps."""
        return tuple(self._of(url).sitemaps)

    def _of(self, url: str) -> Protego:
        site = str(parsed(url).copy_with(raw_path=b"/robots.txt", fragment=None))
        if site not in self._rules:
            self._rules[site] = Protego.parse(self._text(site))
        return self._rules[site]

    def _text(self, site: str) -> str:
        try:
            found = self.fetcher.fetch(site, kinds=ANYTHING)
        except Refused:
            return ""
        return found.body[:MOST_READ].decode("utf-8", "replace") if isinstance(found, Fetched) else ""
