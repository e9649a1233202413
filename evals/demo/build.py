"""The demo's documents: from `sources/` to `documents/`, the same bytes each time.

A source's name says how it is pressed: `NAME.pdf.md` becomes `NAME.pdf`,
`NAME.docx.md` becomes `NAME.docx`, `NAME.xlsx.csv` becomes `NAME.xlsx`, and
every other file is taken as it is.

    python evals/demo/build.py [--into FOLDER]
"""

import argparse
import shutil
from pathlib import Path

from presses import ledger, letter, manual, manuscript

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
SHELVES = ("public", "internal")


def build(into: Path) -> list[Path]:
    """Write every document below ``into``, replacing its shelves, and return the paths."""
    written = []
    for shelf in SHELVES:
        folder = into / shelf
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        for source in sorted((SOURCES / shelf).iterdir()):
            name, content = pressed(source)
            target = folder / name
            target.write_bytes(content)
            written.append(target)
    return written


def pressed(source: Path) -> tuple[str, bytes]:
    """Return the name and the bytes of the document that ``source`` becomes."""
    match source.suffixes[-2:]:
        case [".pdf", ".md"]:
            return source.stem, manual.press(manuscript.read(source))
        case [".docx", ".md"]:
            return source.stem, letter.press(manuscript.read(source))
        case [".xlsx", ".csv"]:
            return source.stem, ledger.press(source)
        case _:
            return source.name, source.read_bytes()


def main() -> None:
    """Build what the command line asks for and list it."""
    parser = argparse.ArgumentParser(description="Build the demo's documents from their sources.")
    parser.add_argument("--into", type=Path, default=HERE / "documents", help="folder for the documents")
    into = parser.parse_args().into
    for path in build(into):
        print(f"{path.relative_to(into)}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
