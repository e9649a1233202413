"""Documents from the wild give sound chunks or a sentence, and never cost us the host."""

from pathlib import Path

import pytest

from knowledge.chunking import split
from knowledge.errors import PermanentError
from knowledge.parsing.guards import identify
from knowledge.parsing.media import BY_SUFFIX
from knowledge.parsing.sandbox import ParserSandbox

DATA = Path(__file__).parents[4] / "shared" / "data"
CORPORA = ("docs_pdf_misc", "plausible_docs/md", "hostile_files/pdf_malformed", "docs_docling")


@pytest.mark.parametrize("corpus", CORPORA)
def test_every_file_is_chunked_or_refused_with_a_sentence(corpus: str) -> None:
    folder = DATA / corpus
    if not folder.is_dir():
        pytest.skip(f"the corpus {corpus} is not on this machine")
    files = [file for file in sorted(folder.rglob("*")) if file.suffix.lower() in BY_SUFFIX]
    chunked, refusals = 0, []

    with ParserSandbox() as sandbox:
        hosts = set()
        for file in files:
            try:
                chunks = split(sandbox.parse(file, identify(file, file.name, 25_000_000)))
            except PermanentError as refusal:
                refusals.append(str(refusal))
                continue
            finally:
                hosts.add(sandbox.host_pid)
            assert chunks, file
            assert all(len(chunk.text.split()) <= 160 for chunk in chunks), file
            chunked += 1

    assert len(hosts - {None}) == 1
    assert chunked > len(files) / 3
    assert all(refusal.endswith(".") for refusal in refusals)
