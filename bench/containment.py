"""Containment: how often the answer stands in what the quoting answerer shows, and in how many words.

    python -m bench.containment FOLDER [--questions 200] [--sets xquad_en_en,emanual_s10]

FOLDER holds retrieval sets with answers. Passages come from the product's own search on
PostgreSQL; beside the quoting answerer stand the first passage whole and its first sentence, of
the same search. Where answers are a few words, one of them has to stand there word for word;
where they are sentences, the share of their content words that do is counted. Answers to questions in
another language than the documents' are taken in theirs: the quotes stay in it. Half of the
questions (even SHA-256) is for tuning and asked with ``--tuning`` only.
"""

import argparse
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.ready import ready

services = ready()

from bench.questions import rows_of  # noqa: E402 - needs the set-up above
from bench.shelves import found, opened  # noqa: E402 - needs the set-up above
from chat.answering.citing import without_marks  # noqa: E402 - needs the set-up above
from knowledge.lexemes import fold, query_lexemes  # noqa: E402 - needs the set-up above
from knowledge.passages import Passage  # noqa: E402 - needs the set-up above
from knowledge.sentences import sentences  # noqa: E402 - needs the set-up above
from supportbot.measuring.quoting import quoted  # noqa: E402 - needs the set-up above

# Sets of the same questions in the language of the documents.
TRANSLATED = {f"xquad_{language}_en": "xquad_en_en" for language in ("de", "es", "ar", "zh")}
SETS = ("xquad_en_en", "xquad_de_de", "xquad_es_es", *TRANSLATED, "emanual_s10", "anthropic_docs_qa")
CHARACTERS_A_WORD = 2  # of scripts without spaces


def plain(text: str) -> str:
    """Return the words of a text and nothing else."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def contained(row: dict[str, Any], text: str, language: str) -> float:
    """Return whether an answer stands in a text, or the share of its words that do."""
    short = [str(answer["text"]) for answer in row.get("answers") or [] if isinstance(answer, dict)]
    if short:
        return float(any(f" {plain(answer)} " in f" {plain(text)} " for answer in short))
    wanted = set(query_lexemes(str(row["answer"]), language))
    return len(wanted & set(query_lexemes(text, language))) / max(len(wanted), 1)


def shown(question: str, passages: Sequence[Passage]) -> Iterator[tuple[str, str]]:
    """Yield every way to show an answer with its text."""
    yield "quoting answerer", without_marks(quoted(question, passages))
    yield "first passage", passages[0].text
    start, end = sentences(passages[0].text, passages[0].language)[0]
    yield "its first sentence", passages[0].text[start:end]


def measure(folder: Path, questions: int, tuning: bool) -> None:
    """Print the figures of one set."""
    _, scope = opened(folder)
    rows = rows_of(folder / "queries.jsonl")
    if folder.name in TRANSLATED:
        answered = folder.parent / TRANSLATED[folder.name] / "queries.jsonl"
        gold = {row["id"]: row for row in rows_of(answered)}
        rows = [{**gold[row["id"]], "text": row["text"]} for row in rows if row["id"] in gold]
    rows = [row for row in rows if row.get("answers") or row.get("answer")]
    rows = [row for row in rows if (sha256(row["id"].encode()).digest()[0] % 2 == 0) is tuning]
    figures: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    for row in rows[:: max(len(rows) // questions, 1)][:questions]:
        passages = found(row["text"], scope)
        for way, text in shown(row["text"], passages) if passages else ():
            words = len(text.split()) or len(text) // CHARACTERS_A_WORD
            figures[way].append((contained(row, text, passages[0].language), words))
    for way, scores in figures.items():
        share, length = fmean(score for score, _ in scores), fmean(count for _, count in scores)
        print(
            f"{folder.name:18} {len(scores):4} {way:20} contained {share:.3f}  words {length:6.1f}",
            flush=True,
        )


def main() -> None:
    """Measure on the folder given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--tuning", action="store_true")
    options = parser.parse_args()
    for name in options.sets.split(","):
        if (options.folder / name).is_dir():
            measure(options.folder / name, options.questions, options.tuning)


if __name__ == "__main__":
    main()
