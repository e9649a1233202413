"""The demo website: from a folder of pages to a site of its own origin that embeds the widget.

``python website.py PORT WIDGET_ORIGIN ASSISTANT_KEY FOLDER``. Standard library only, because this is a
stand-in for somebody else's website and none of our product.
"""

import mimetypes
import signal
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from urllib.parse import unquote, urlsplit

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "no-cache",
}


class Site(ThreadingHTTPServer):
    """Serves ``folder`` on 127.0.0.1:``port``, with ``values`` filled into its pages."""

    daemon_threads = True

    def __init__(self, port: int, folder: Path, values: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", port), Visit)
        self.folder = folder.resolve()
        self._values = values

    def read(self, url: str) -> tuple[str, bytes] | None:
        """Return the type and the bytes behind ``url``; None if there is no such file of this site."""
        path = (self.folder / unquote(urlsplit(url).path).lstrip("/")).resolve()
        if path.is_dir():
            path = path / "index.html"
        if not path.is_relative_to(self.folder) or not path.is_file():
            return None
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind != "text/html":
            return kind, path.read_bytes()
        page = path.read_text(encoding="utf-8")
        for name, value in self._values.items():
            page = page.replace(f"{{{{ {name} }}}}", value)
        return "text/html; charset=utf-8", page.encode()


class Visit(BaseHTTPRequestHandler):
    """One request to the site."""

    server: Site
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """Answer with a file."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers of a file."""
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name of the base class)
        """Keep quiet: nobody reads the visits of a demo."""

    def version_string(self) -> str:
        """Do not tell versions."""
        return "website"

    def _answer(self, *, with_body: bool) -> None:
        found = self._read()
        kind, body = found or ("text/plain; charset=utf-8", b"There is no such page.\n")
        self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _read(self) -> tuple[str, bytes] | None:
        try:
            return self.server.read(self.path)
        except (OSError, ValueError):  # a NUL in the path, a name too long
            return None


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    """Serve until SIGTERM."""
    port, widget_origin, assistant_key, folder = sys.argv[1:5]
    signal.signal(signal.SIGTERM, _leave)
    values = {"widget_origin": widget_origin, "assistant_key": assistant_key}
    with Site(int(port), Path(folder), values) as site:
        site.serve_forever()


if __name__ == "__main__":
    main()
