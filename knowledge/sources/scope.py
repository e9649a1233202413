"""Scope: which addresses belong to a source."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Self

from knowledge.crawling.fetch import parsed
from knowledge.sources.looks import LeftOut, Why

SITEMAP_ENDS = (".xml", ".xml.gz", "sitemap.txt")


@dataclass(frozen=True, slots=True)
class Patterns:
    """Shell patterns (``/help/*``) for the paths of pages; ``*`` stands for slashes too."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @classmethod
    def of(cls, include: str, exclude: str) -> Self:
        """Read patterns, one a line."""
        return cls(_lines(include), _lines(exclude))

    def left_out(self, path: str) -> LeftOut | None:
        """Return why a path is left out, or None."""
        for pattern in self.exclude:
            if fnmatchcase(path, pattern):
                return LeftOut(Why.PATTERNS, f"Left out by the pattern {pattern}.")
        if self.include and not any(fnmatchcase(path, pattern) for pattern in self.include):
            return LeftOut(Why.PATTERNS, "No pattern takes it in.")
        return None


@dataclass(frozen=True, slots=True)
class SiteScope:
    """A site, from the folder of its address downwards; of a sitemap's site everything."""

    scheme: str
    netloc: bytes
    below: str
    patterns: Patterns

    @classmethod
    def of(cls, address: str, patterns: Patterns) -> Self:
        """Return the scope of the site that begins at ``address``."""
        start = parsed(address)
        below = "/" if is_sitemap(address) else start.path.rpartition("/")[0] + "/"
        return cls(start.scheme, start.netloc, below, patterns)

    def adopted(self, url: str) -> str:
        """Return an address in the scheme of the site: http and https are one site, with one name a page."""
        found = parsed(url)
        if found.netloc == self.netloc and found.scheme != self.scheme:
            return str(found.copy_with(scheme=self.scheme))
        return url

    def contains(self, url: str) -> bool:
        """Say whether an address is of this site."""
        found = parsed(url)
        return found.netloc == self.netloc and found.path.startswith(self.below)

    def left_out(self, url: str) -> LeftOut | None:
        """Return why a page of this site is left out, or None."""
        return self.patterns.left_out(parsed(url).raw_path.decode("ascii"))


def is_sitemap(address: str) -> bool:
    """Say whether an address is that of a sitemap by its name."""
    return parsed(address).path.lower().endswith(SITEMAP_ENDS)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
