"""Fetch: the one guarded HTTP client, from an address to what is there.

The address is parsed once, by httpx, for judging and for using alike. The connection goes
through ``pinning``; redirects are followed here, each judged like the first; nothing of the
environment (proxies, netrc) and no cookie has a say; time and bytes are bounded. Every
request has a connection of its own: a pool would find a host's connection by its address.
"""

import re
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

import httpcore
import httpx

from knowledge.crawling import bodies
from knowledge.crawling.addresses import Address, own_addresses
from knowledge.crawling.pinning import (
    Deadline,
    PinnedBackend,
    Refused,
    Resolver,
    Unreachable,
    system_resolver,
)
from knowledge.parsing.media import BY_SUFFIX, HTML

MOST_REDIRECTS = 3
MOST_ADDRESS = 2_000  # characters
WAIT_SECONDS = 10.0  # for a single answer of the network
REDIRECTS = (301, 302, 303, 307, 308)
BUSY = (408, 425, 429)
XML = "application/xml"
# Names that servers give to kinds we know; those without a meaning are judged by the address.
ALIASES = {"application/xhtml+xml": HTML, "text/xml": XML, "text/x-markdown": "text/markdown"}
VAGUE = ("", "application/octet-stream", "binary/octet-stream", "text/plain")
PAGES = frozenset(BY_SUFFIX.values())
SITEMAPS = frozenset({XML, "application/gzip", "application/x-gzip", "text/plain", HTML})
ANYTHING: frozenset[str] = frozenset()

_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}$")


@dataclass(frozen=True, slots=True)
class Known:
    """What the server said of the body that we have: it need not send the same again."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body with its kind, where it was found in the end, and how to ask for newer ones."""

    url: str
    final_url: str
    body: bytes
    media_type: str
    known: Known


@dataclass(frozen=True, slots=True)
class NotModified:
    """What we have is still what is there."""

    url: str


@dataclass(frozen=True, slots=True)
class Gone:
    """There is nothing at the address (404 or 410)."""

    url: str
    status: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one address may cost."""

    body: int = 10_000_000
    seconds: float = 30.0


def parsed(url: str, base: str = "") -> httpx.URL:
    """Return the parts of an http(s) address, as seen from ``base``; the only reading of addresses there is.

    Raises:
        Refused: It is none, too long, or carries a user's name.
    """
    try:
        found = httpx.URL(base).join(url) if base else httpx.URL(url)
        found.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as error:
        raise Refused(f"“{url[:200]}” is not a web address.") from error
    if len(str(found)) > MOST_ADDRESS:
        raise Refused(f"“{url[:100]}…” is longer than {MOST_ADDRESS} characters.")
    if found.scheme not in ("http", "https") or not found.host or "%" in found.host:
        raise Refused(f"“{url[:200]}” is not a web address: it has to begin with https:// or http://.")
    if found.userinfo:
        raise Refused(f"“{found.copy_with(userinfo=b'')}” was given with a user name, which we do not send.")
    return found


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """Return a context that trusts httpx's authorities and those of this system, but no variable."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches addresses as ``agent``; ``private`` are "host:port" pairs that the operator allows."""

    agent: str
    private: Collection[str] = ()
    resolve: Resolver = system_resolver
    limits: Limits = field(default_factory=Limits)
    dial: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    own: Collection[Address] = field(default_factory=own_addresses)
    context: ssl.SSLContext = field(default_factory=trusted)

    def fetch(
        self, url: str, known: Known = Known(), kinds: Collection[str] = PAGES
    ) -> Fetched | NotModified | Gone:
        """Fetch an address, at most three redirects on; ``kinds`` are the media types that are taken.

        Raises:
            Refused: We do not go there, or do not take what is there; the text says why.
            Unreachable: It may work later.
        """
        deadline = Deadline.in_seconds(self.limits.seconds)
        here = parsed(url)
        for _ in range(MOST_REDIRECTS + 1):
            found = self._ask(here, known, deadline, kinds)
            if not isinstance(found, httpx.URL):
                return _named(found, url)
            if here.scheme == "https" and found.scheme != "https":
                raise Refused(f"{here.host} leads from https to plain http, where anybody may listen in.")
            here = found
        raise Refused(f"It leads on more than {MOST_REDIRECTS} times; the last was {str(here)[:200]}.")

    def _ask(
        self, url: httpx.URL, known: Known, deadline: Deadline, kinds: Collection[str]
    ) -> Fetched | NotModified | Gone | httpx.URL:
        backend = PinnedBackend(self.dial, self.resolve, self.private, self.own, deadline)
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        headers = self._headers(url, known)
        waits = dict.fromkeys(("connect", "read", "write", "pool"), WAIT_SECONDS)
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self.context, network_backend=backend) as pool,
                pool.stream("GET", target, headers=headers, extensions={"timeout": waits}) as answer,
            ):
                return self._read(url, answer, kinds)
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise Unreachable(
                f"{url.host} was too slow: nothing for {WAIT_SECONDS:g} s, or not all of it "
                f"within {self.limits.seconds:g} s."
            ) from error
        except ssl.SSLError as error:
            raise Unreachable(f"{url.host} has no valid certificate: {error}.") from error
        except httpcore.ConnectError as error:
            raise Unreachable(f"No safe connection with {url.host}: {error}.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Unreachable(f"{url.host} broke off or does not speak HTTP.") from error

    def _headers(self, url: httpx.URL, known: Known) -> list[tuple[str, str]]:
        headers = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": self.agent,
            "Accept": "text/html,application/xhtml+xml,application/pdf,text/*;q=0.9,*/*;q=0.5",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return [*headers.items(), *((name, value) for name, value in conditions.items() if value)]

    def _read(
        self, url: httpx.URL, answer: httpcore.Response, kinds: Collection[str]
    ) -> Fetched | NotModified | Gone | httpx.URL:
        headers = httpx.Headers(answer.headers)
        match answer.status:
            case 200:
                media_type = kind_of(headers.get("content-type", ""), url)
                _check_kind(media_type, headers.get("content-type", ""), kinds)
                body = bodies.gathered(
                    answer.iter_stream(), headers.get("content-encoding", ""), self.limits.body
                )
                return Fetched(str(url), str(url), body, media_type, _known(headers))
            case 304:
                return NotModified(str(url))
            case 404 | 410 as status:
                return Gone(str(url), status)
            case status if status in REDIRECTS:
                return parsed(headers.get("location", ""), str(url))
            case status if status in BUSY or status >= 500:
                raise Unreachable(f"The server answers {status}.", _retry_after(headers))
            case status:
                raise Refused(f"The server answers {status}, so there is nothing for us to read.")


def kind_of(content_type: str, url: httpx.URL) -> str:
    """Return the media type of an answer; where the server says nothing, the address does."""
    said = content_type.partition(";")[0].strip().lower()
    said = ALIASES.get(said, said)
    suffix = _SUFFIX.search(url.path.lower())
    guessed = BY_SUFFIX.get(suffix.group()) if suffix else None
    return guessed or said if said in VAGUE else said


def _check_kind(media_type: str, said: str, kinds: Collection[str]) -> None:
    if kinds and media_type not in kinds:
        raise Refused(f"It is “{said[:80] or 'of no stated kind'}”, a kind that we do not read.")


def _named(found: Fetched | NotModified | Gone, url: str) -> Fetched | NotModified | Gone:
    match found:
        case Fetched():
            return Fetched(url, found.final_url, found.body, found.media_type, found.known)
        case Gone():
            return Gone(url, found.status)
        case NotModified():
            return NotModified(url)


def _known(headers: Mapping[str, str]) -> Known:
    return Known(headers.get("etag", "")[:200], headers.get("last-modified", "")[:60])


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds a server asks us to wait, given as a number or as a date."""
    said = headers.get("retry-after", "").strip()
    if said.isdecimal():
        return float(said[:6])
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())
