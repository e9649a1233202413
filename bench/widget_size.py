"""The widget's weight: what a visitor loads, in KB of gzip -9, beside the bundles of other widgets.

    python -m bench.widget_size [--no-peers]

Ours: the loader as it is served, and everything that the frame's page leads to: its style sheets, its script
and what that imports, the words of one language (the largest). Each file is compressed on its own, as it is
served. The others come from npm at the moment of measuring, into a folder that is
forgotten; counted is the one bundle that their manuals tell websites to load, with its style sheet. Needs npm
and a way to its registry.
"""

import argparse
import gzip
import os
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

import django

from chat.widget.serving import LOADER, release

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportbot.settings")

# The package, and of what is in it, what a website loads.
PEERS = {
    "@n8n/chat": ("dist/chat.bundle.es.js", "dist/style.css"),
    "flowise-embed": ("dist/web.js",),
    "deep-chat": ("dist/deepChat.bundle.js",),
    "docsgpt": ("dist/modern/main.js", "dist/legacy/browser.js"),
}
ALWAYS = "locales/en.js"
MOST_LOADER, MOST_APP = 3.0, 35.0  # KB


def weight(data: bytes) -> float:
    """Return KB (1,024 bytes) of gzip -9."""
    return len(gzip.compress(data, 9, mtime=0)) / 1024


def ours() -> tuple[float, float, int]:
    """Return the KB of the loader and of the app, and how many files the app is."""
    django.setup()
    files = {name: weight(served.plain) for name, served in release().files.items()}
    loader = files.pop(LOADER)
    words = {name: files.pop(name) for name in list(files) if name.startswith("locales/")}
    others = [size for name, size in words.items() if name != ALWAYS]
    app = sum(files.values()) + max(others)
    return loader, app, len(files) + 1


def peer(package: str, wanted: tuple[str, ...], folder: Path) -> tuple[str, dict[str, float]]:
    """Return the version of a package and the KB of its files."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), package]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    archive = folder / done.stdout.strip().splitlines()[-1]
    with tarfile.open(archive) as packed:
        found = {name: packed.extractfile(f"package/{name}") for name in wanted if has(packed, name)}
        sizes = {name: weight(file.read()) for name, file in found.items() if file is not None}
        if not sizes:
            names = [name for name in packed.getnames() if name.endswith(".js")]
            raise SystemExit(f"{package} has none of {wanted}, but {names[:40]}")
    version = re.search(r"-(\d[^-]*(?:-[a-z0-9.]+)?)\.tgz$", archive.name)
    return version[1] if version else "?", sizes


def has(packed: tarfile.TarFile, name: str) -> bool:
    """Say whether a package holds a file."""
    return f"package/{name}" in packed.getnames()


def main() -> None:
    """Print the weights; fail when ours are above what is promised."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    loader, app, count = ours()
    print(f"{'supportbot loader':36} {loader:8.1f} KB   at most {MOST_LOADER}")
    print(f"{f'supportbot app, {count} files':36} {app:8.1f} KB   at most {MOST_APP}")
    if not options.no_peers:
        with tempfile.TemporaryDirectory() as folder:
            for package, wanted in PEERS.items():
                version, sizes = peer(package, wanted, Path(folder))
                total = sum(sizes.values())
                times = total / (loader + app)
                print(
                    f"{f'{package} {version}':36} {total:8.1f} KB   {times:4.1f} x ours   {', '.join(sizes)}"
                )
    assert loader <= MOST_LOADER
    assert app <= MOST_APP


if __name__ == "__main__":
    main()
