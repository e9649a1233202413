"""Pages: from addresses and HTML to one name per page, the links on it, and what is a trap.

The same page has many addresses: with a fragment, with marks of campaigns, with its
parameters in another order. ``normal`` gives it one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from knowledge.crawling.fetch import parsed
from knowledge.crawling.pinning import Refused

MOST_LINKS = 1_000  # of one page
MOST_LOOKED_AT = 2_000_000  # bytes of one page
MOST_SEGMENTS = 12
MOST_SAME_SEGMENTS = 3
MOST_PARAMETERS = 4
MOST_ALIKE = 100  # addresses of one path that differ by their parameters, or by their numbers only

_TRACKING = re.compile(
    r"^(utm_\w+|gclid|gclsrc|dclid|fbclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_ga|_gl|_hs\w+|vero_id"
    r"|phpsessid|jsessionid|sessionid|sid|aspsessionid\w*)$",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
_SILENT = frozenset("script style noscript template head svg".split())


@dataclass(frozen=True, slots=True)
class PageHead:
    """What a page says to those who read whole sites."""

    links: tuple[str, ...] = ()
    canonical: str = ""
    is_indexed: bool = True
    is_followed: bool = True


def normal(url: str, base: str = "") -> str:
    """Return the one name of a page: no fragment, no marks of campaigns, its parameters sorted.

    Raises:
        Refused: It is not a web address.
    """
    found = parsed(_bare(url), base)
    parameters = sorted(
        part for part in found.query.decode("ascii").split("&") if part and not _is_tracking(part)
    )
    path = _SESSION_IN_PATH.sub("", found.raw_path.decode("ascii").partition("?")[0]) or "/"
    target = f"{path}?{'&'.join(parameters)}" if parameters else path
    return str(found.copy_with(raw_path=target.encode("ascii"), fragment=None))


def head_of(body: bytes, url: str) -> PageHead:
    """Return links, canonical address and wishes of an HTML page that was found at ``url``."""
    root = _tree(body[:MOST_LOOKED_AT])
    if root is None:
        return PageHead()
    base = _joined(url, root.xpath("string(//base/@href)")) or url
    wishes = " ".join(root.xpath("//meta[translate(@name, 'ROBTS', 'robts')='robots']/@content")).lower()
    links = dict.fromkeys(link for link in _links(root, base) if link != url)
    return PageHead(
        links=tuple(links)[:MOST_LINKS],
        canonical=_joined(base, root.xpath("string(//link[@rel='canonical']/@href)")),
        is_indexed="noindex" not in wishes and "none" not in wishes,
        is_followed="nofollow" not in wishes and "none" not in wishes,
    )


def text_fingerprint(body: bytes) -> str:
    """Return the SHA-256 of an HTML page's title and words.

    Servers put new tokens, nonces and dates into every copy of a page: bytes that differ are
    no change for those who read it.
    """
    root = _tree(body)
    if root is None:
        return sha256(body).hexdigest()
    title = root.findtext(".//title") or ""
    for element in list(root.iter(*_SILENT)):
        element.drop_tree()
    # A cell or paragraph ends a word even where no white space stands between the tags.
    words = " ".join(" ".join(root.itertext()).split())
    return sha256(f"{' '.join(title.split())}\n{words}".encode(errors="ignore")).hexdigest()


@dataclass
class Traps:
    """Tells pages from mazes: calendars without end, paths that eat their tail, endless filters."""

    _alike: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def reason(self, url: str) -> str:
        """Return why an address seems to lead into a maze, or nothing; remembers the address."""
        found = parsed(url)
        segments = [segment for segment in found.path.split("/") if segment]
        if len(segments) > MOST_SEGMENTS:
            return f"Its path is more than {MOST_SEGMENTS} parts deep."
        if any(count >= MOST_SAME_SEGMENTS for count in Counter(segments).values()):
            return "Its path repeats itself, as in an endless loop."
        if len(found.query.split(b"&")) > MOST_PARAMETERS:
            return f"It has more than {MOST_PARAMETERS} parameters, as filters and searches have."
        shape = f"{found.path}?" if found.query else _NUMBERS.sub("#", found.path)
        if "#" not in shape and not found.query:
            return ""
        alike = self._alike[shape]
        if url not in alike and len(alike) >= MOST_ALIKE:
            return f"More than {MOST_ALIKE} addresses look like {shape[:200]}: this seems to have no end."
        alike.add(url)
        return ""


def _bare(url: str) -> str:
    """Return an address as browsers read it from an attribute: white space around and in it is nothing."""
    return re.sub(r"[\t\r\n]", "", url.strip())


def _is_tracking(parameter: str) -> bool:
    return bool(_TRACKING.match(parameter.partition("=")[0]))


def _tree(body: bytes) -> HtmlElement | None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("latin-1")  # markup is ASCII in whatever encoding, and so are most addresses
    parser = HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return document_fromstring(text.replace("\x00", "").encode(errors="ignore"), parser=parser)
    except etree.ParserError:  # nothing but white space and comments
        return None


def _links(root: HtmlElement, base: str) -> Iterator[str]:
    for anchor in root.iter("a", "area"):
        address = anchor.get("href", "")
        if address and "nofollow" not in anchor.get("rel", "").lower():
            link = _joined(base, address)
            if link:
                yield link


def _joined(base: str, address: str) -> str:
    """Return a link's normal address, or nothing where it leads to no page."""
    try:
        return normal(address, base) if address else ""
    except Refused:
        return ""
