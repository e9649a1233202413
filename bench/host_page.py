"""The host page: what the widget costs a website, by Lighthouse, on the same page with and without it.

    make demo                                  # in another terminal
    python -m bench.host_page http://127.0.0.1:8000 demo [TIMES]

Serves three pages of a website of its own (bare, with the tag, and with the tag and the chat opened by
script) and lets Lighthouse visit them in turn, ``TIMES`` (5) times each; prints the medians. Lighthouse
12.8.2, the last for Node 20, is installed into a temporary folder; the browser is the system's Chromium.
For as long as it runs, the assistant allows that website.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.ready import ready

services = ready()

from chat.models import Assistant  # noqa: E402 - needs the set-up above

LIGHTHOUSE = "lighthouse@12.8.2"
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --no-first-run"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>
<meta name="description" content="A page of a shop"><meta name="viewport" content="width=device-width">
</head><body><main><h1>Kettles</h1><p>{words}</p><p><a href="/">All kettles</a></p></main>{tag}</body>
</html>"""
TAG = '<script async src="{web}/widget/v1/loader.js" data-assistant="{key}"></script>'
OPENED = """<script>
addEventListener("load", function open() {
  if (window.Supportbot && window.Supportbot.open) window.Supportbot.open(); else setTimeout(open, 50);
});</script>"""


class Quiet(SimpleHTTPRequestHandler):
    """A file server that says nothing."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep quiet."""


def serve(folder: Path) -> str:
    """Serve a folder until the process ends; return its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://localhost:{server.server_address[1]}"


def write_pages(folder: Path, web: str, key: str) -> list[str]:
    """Write the three pages; return their names."""
    tag = TAG.format(web=web, key=key)
    for name, extra in (("bare", ""), ("closed", tag), ("open", tag + OPENED)):
        page = PAGE.format(words="Water boils at different temperatures. " * 60, tag=extra)
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return ["bare", "closed", "open"]


@contextmanager
def allowed(key: str, origin: str) -> Iterator[None]:
    """Let the assistant be on a website for a while."""
    rows = Assistant.objects.filter(key=key)
    before = rows.get().allowed_origins
    rows.update(allowed_origins=[*before, origin])
    try:
        yield
    finally:
        rows.update(allowed_origins=before)


def visit(tool: Path, address: str) -> dict[str, float]:
    """Let Lighthouse visit a page once; return its figures."""
    report = tool / "report.json"
    command = [
        str(tool / "node_modules" / ".bin" / "lighthouse"), address, "--quiet", "--output=json",
        f"--output-path={report}", "--only-categories=performance,accessibility", f"--chrome-flags={FLAGS}",
    ]  # fmt: skip
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or ""
    subprocess.run(command, check=True, env={"CHROME_PATH": chromium, "PATH": "/usr/bin:/bin:/usr/local/bin"})
    found = json.loads(report.read_text(encoding="utf-8"))
    audits = found["audits"]
    return {
        "performance": found["categories"]["performance"]["score"],
        "accessibility": found["categories"]["accessibility"]["score"],
        "TBT ms": audits["total-blocking-time"]["numericValue"],
        "LCP ms": audits["largest-contentful-paint"]["numericValue"],
        "CLS": audits["cumulative-layout-shift"]["numericValue"],
        "KB": audits["total-byte-weight"]["numericValue"] / 1000,
    }


def main() -> None:
    """Visit the pages in turn and print the medians."""
    web, key, *rest = sys.argv[1:]
    times = int(rest[0]) if rest else 5
    with tempfile.TemporaryDirectory() as name:
        tool = Path(name)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", LIGHTHOUSE]
        subprocess.run(install, check=True, cwd=tool)
        site = tool / "site"
        site.mkdir()
        pages = write_pages(site, web, key)
        origin = serve(site)
        seen: dict[str, list[dict[str, float]]] = {page: [] for page in pages}
        with allowed(key, origin):
            for _ in range(times):
                for page in pages:
                    seen[page].append(visit(tool, f"{origin}/{page}.html"))
    figures = list(seen["bare"][0])
    print(f"{'median of ' + str(times):14}" + "".join(f"{figure:>15}" for figure in figures))
    for page, visits in seen.items():
        medians = (statistics.median(one[figure] for one in visits) for figure in figures)
        print(f"{page:14}" + "".join(f"{median:>15.3f}" for median in medians))


if __name__ == "__main__":
    main()
