r"""Extraction: what our parsers get out of real files, beside what is in them.

    python -m bench.extraction [--corpus docling|unstructured|pdf_misc|hostile] [--verbose]

Every file goes the product's way: ``guards.identify``, then ``ParserSandbox``. The table has a
line for each format: files tried, read and refused, word recall and precision, rows of tables
kept whole, the slowest file's seconds and the largest child's peak memory; below it stands
every reason given.

Recall and precision count words with their multiplicity: lower-cased ``\w+`` of our text
against those of the expected Markdown. From the expected side go, in this order: HTML
comments (``<!-- image -->``), data URIs, images, the targets of links, HTML tags and entities,
fences, rules between table rows, backslashes before punctuation, and emphasis marks. Ours is
the plain text, as it is. "words" sums over all files of a format, so that long files count
more; "files" is the mean over files. A refused file counts as empty. A table row is whole if one
of our rows holds its words in its order; docling writes a cell that spans columns once a
column, and such repetitions are folded on both sides for rows, but not for words.
"""

import argparse
import html
import json
import re
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import psutil

from knowledge.errors import PermanentError
from knowledge.parsing.archives import members
from knowledge.parsing.base import ParsedDocument
from knowledge.parsing.guards import identify, is_archive
from knowledge.parsing.sandbox import Limits, ParserSandbox

DATA = Path(__file__).parents[2] / "shared" / "data"
FOLDERS = {
    "docling": "docs_docling",
    "unstructured": "docs_unstructured",
    "pdf_misc": "docs_pdf_misc",
    "hostile": "hostile_files",
}
MAX_BYTES = 25_000_000
SAMPLE_SECONDS = 0.005
_TARGET = r"\((?:[^()\\]|\\.|\((?:[^()]|\([^()]*\))*\))*\)"
_STRIPPED = (
    (re.compile(r"<!--.*?-->", re.DOTALL), " "),
    (re.compile(rf"!\[(?:[^\[\]\\]|\\.)*\]{_TARGET}"), " "),
    (re.compile(rf"\[((?:[^\[\]\\]|\\.|\[(?:[^\[\]\\]|\\.)*\])*)\]{_TARGET}"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>]*>"), " "),
    (re.compile(r"^\s*(?:```|~~~).*$", re.MULTILINE), " "),
    (re.compile(r"^\s*\|[\s|:-]+\|\s*$", re.MULTILINE), ""),
    (re.compile(r"\\([^a-zA-Z0-9\s])"), r"\1"),
    (re.compile(r"(?<!\w)_{1,2}(?=\S)|(?<=\S)_{1,2}(?!\w)|\*+"), ""),
)
_WORD = re.compile(r"\w+")


class Memory(threading.Thread):
    """Watches the peak resident memory of one process' children, in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.host: int | None = None
        self.peak = 0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self.peak = max([self.peak, *_peaks(self.host)])

    def stop(self) -> None:
        """End the watch."""
        self._over.set()
        self.join()


@dataclass(slots=True)
class Outcome:
    """What became of one file."""

    name: str
    suffix: str
    reason: str = ""
    seconds: float = 0.0
    peak: int = 0
    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    whole_rows: int = 0
    flags: int = 0

    @property
    def shared(self) -> int:
        """How many words both sides have."""
        return (self.expected & self.found).total()


def main() -> None:
    """Measure a corpus and print the table."""
    options = argparse.ArgumentParser(description="Measure text extraction.")
    options.add_argument("--corpus", choices=FOLDERS, default="docling")
    options.add_argument("--verbose", action="store_true", help="a line for every file")
    chosen = options.parse_args()
    folder = DATA / FOLDERS[chosen.corpus]
    if not folder.is_dir():
        sys.exit(f"The corpus {chosen.corpus} is not on this machine.")
    outcomes = list(measure(folder))
    for outcome in outcomes if chosen.verbose else ():
        print(_file_line(outcome))
    by_format: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_format[outcome.suffix].append(outcome)
    print("format    tried  read  refused  recall words/files  precision  rows whole     max s  peak MB")
    for suffix, group in sorted(by_format.items()):
        print(_line(suffix, group))
    print(_line("all", outcomes))
    for outcome in outcomes:
        if outcome.reason:
            print(f"  {outcome.name}: {outcome.reason}")


def measure(folder: Path) -> Iterator[Outcome]:
    """Yield the outcome of every file that the corpus lists and this machine has."""
    memory = Memory()
    memory.start()
    with ParserSandbox(Limits(seconds=60)) as sandbox:
        for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            path = folder / entry["file"]
            if path.is_file():
                expected = entry.get("expected")
                yield _outcome(sandbox, memory, path, folder / expected if expected else None)
    memory.stop()


def _outcome(sandbox: ParserSandbox, memory: Memory, path: Path, expected: Path | None) -> Outcome:
    outcome = Outcome(path.name, path.suffix.lower())
    memory.host, memory.peak = sandbox.host_pid, 0
    started = time.perf_counter()
    try:
        parsed = _parsed(sandbox, path)
    except PermanentError as refusal:
        parsed, outcome.reason = ParsedDocument("", ()), str(refusal)
    outcome.seconds, outcome.peak = time.perf_counter() - started, memory.peak
    outcome.flags = len(getattr(parsed, "warnings", ()))
    if expected is not None and expected.is_file():
        markdown = plain(expected.read_text(encoding="utf-8"))
        outcome.expected, outcome.found = words(markdown), words(parsed.text)
        ours = {_folded(row) for block in parsed.blocks for row in block.rows}
        theirs = [_folded(row) for row in _markdown_rows(markdown)]
        outcome.rows, outcome.whole_rows = len(theirs), sum(row in ours for row in theirs)
    return outcome


def _parsed(sandbox: ParserSandbox, path: Path) -> ParsedDocument:
    """Parse a file, or all files of an archive, of which each may be refused on its own."""
    if not is_archive(path, path.name):
        return sandbox.parse(path, identify(path, path.name, MAX_BYTES))
    texts = []
    for member in members(path):
        with suppress(PermanentError):
            texts.append(sandbox.parse(member.path, identify(member.path, member.file_name, MAX_BYTES)).text)
    return ParsedDocument("\n\n".join(texts), ())


def plain(markdown: str) -> str:
    """Return Markdown without its syntax, as the module's docstring says."""
    for pattern, replacement in _STRIPPED:
        markdown = pattern.sub(replacement, markdown)
    return html.unescape(markdown)


def words(text: str) -> Counter[str]:
    """Count the lower-cased words of ``text``."""
    return Counter(_WORD.findall(text.lower()))


def _markdown_rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("|") and stripped.endswith("|") and _WORD.search(stripped):
            yield stripped.strip("|").split("|")


def _folded(row: Sequence[str]) -> str:
    cells = [" ".join(_WORD.findall(cell.lower())) for cell in row]
    return " ".join(cell for cell, _ in groupby(cell for cell in cells if cell))


def _peaks(host: int | None) -> Iterator[int]:
    """Yield the peak of every living child; the kernel keeps it, so that sampling misses little."""
    try:
        children = psutil.Process(host).children(recursive=True) if host else []
        for child in children:
            status = Path(f"/proc/{child.pid}/status").read_text(encoding="ascii", errors="replace")
            found = re.search(r"VmHWM:\s+(\d+) kB", status)
            yield int(found.group(1)) * 1024 if found else 0
    except (psutil.Error, OSError):
        return


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.3f}" if whole else "    -"


def _line(name: str, group: Sequence[Outcome]) -> str:
    judged = [outcome for outcome in group if outcome.expected]
    shared = sum(outcome.shared for outcome in judged)
    expected = sum(outcome.expected.total() for outcome in judged)
    found = sum(outcome.found.total() for outcome in judged)
    mean = sum(outcome.shared / outcome.expected.total() for outcome in judged)
    rows = sum(outcome.rows for outcome in judged)
    whole = sum(outcome.whole_rows for outcome in judged)
    refused = sum(bool(outcome.reason) for outcome in group)
    return (
        f"{name:9} {len(group):5} {len(group) - refused:5} {refused:8}   "
        f"{_share(shared, expected)} / {_share(mean, len(judged)):8}  {_share(shared, found):9}  "
        f"{_share(whole, rows)} of {rows:4} {max(outcome.seconds for outcome in group):8.1f} "
        f"{max(outcome.peak for outcome in group) / 1e6:8.0f}"
    )


def _file_line(outcome: Outcome) -> str:
    expected = outcome.expected.total()
    return (
        f"{outcome.name:50.50} {_share(outcome.shared, expected)} "
        f"{_share(outcome.shared, outcome.found.total())} {expected:6} "
        f"rows {outcome.whole_rows}/{outcome.rows} {outcome.seconds:5.1f} s "
        f"{outcome.peak / 1e6:4.0f} MB flags {outcome.flags} {outcome.reason[:60]}"
    )


if __name__ == "__main__":
    main()
