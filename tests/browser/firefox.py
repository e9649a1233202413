"""Firefox: the system's own, driven by WebDriver BiDi, which it speaks without a driver beside it."""

import itertools
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

FIREFOX = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
PATIENCE = 60.0  # seconds


class Firefox:
    """One headless browser with one tab."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._profile = Path(tempfile.mkdtemp(prefix="firefox-"))
        self._ids = itertools.count(1)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [
                str(FIREFOX), "--headless", "--no-remote", "--profile", str(self._profile),
                "--remote-debugging-port", str(self._port), "about:blank",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(self._profile)},
        )  # fmt: skip
        self._socket = self._connected()
        self.call("session.new", capabilities={})
        self.tab = self.call("browsingContext.getTree")["contexts"][0]["context"]
        return self

    def __exit__(
        self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(PATIENCE)
        shutil.rmtree(self._profile, ignore_errors=True)

    def call(self, method: str, **parameters: Any) -> Any:
        """Send a command; return its result."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._socket.recv(PATIENCE))
            if told.get("id") == number:
                assert told["type"] == "success", told
                return told["result"]

    def visit(self, url: str) -> None:
        """Load a page in the tab."""
        self.call("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def says(self, script: str, context: str = "") -> Any:
        """Return what an expression is worth, a text or a number, in the tab or a frame of it."""
        told = self.call(
            "script.evaluate", expression=script, target={"context": context or self.tab}, awaitPromise=True
        )
        assert told["type"] == "success", told
        return told["result"].get("value")

    def until(self, script: str, wanted: Any, context: str = "") -> None:
        """Wait until an expression has a value."""
        end = time.monotonic() + PATIENCE
        while (found := self.says(script, context)) != wanted:
            assert time.monotonic() < end, f"{script} is {found!r}, not {wanted!r}"
            time.sleep(0.1)

    def frame(self) -> str:
        """Wait for the first frame of the tab that has its page; return its context."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            (tree,) = self.call("browsingContext.getTree", root=self.tab)["contexts"]
            for child in tree["children"]:
                if child["url"].startswith("http"):
                    return str(child["context"])
            time.sleep(0.1)
        raise AssertionError("There is no frame.")

    def _connected(self) -> ClientConnection:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return connect(f"ws://127.0.0.1:{self._port}/session", open_timeout=5)
            except OSError:
                assert time.monotonic() < end, "Firefox does not listen"
                time.sleep(0.2)
