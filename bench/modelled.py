"""Modelled: questions through the engine with the real model of MODEL_URL, kept as they come.

    python -m bench.modelled FOLDER FILE [--ask truth,demo,refusal,far] [--count 100] [--report FILE]

FOLDER is a data folder with ``beir`` and ``clinc150``; FILE gets one JSON line for each question that was
asked: the passages, all that the model wrote, and what was shown. Asked again, the questions of FILE are
skipped, so that a run may be broken off; without ``--ask`` nothing is asked. Either way the figures are then
computed anew, by today's code, from what FILE holds: the model's words are played back, and the passages are
those of the day. *truth* and *demo* (its golden questions, which have to be ingested): how much of what is
shown is borne out by what it cites; ``--report`` writes the demo's answers to read: their words are our own.
*refusal*: MTRAG's questions with their turns; does the engine refuse what people called unanswerable?
*far*: questions out of scope of CLINC150, ``count`` for each product, beside its own ones of *truth*.
"""

import argparse
import asyncio
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict
from itertools import chain, zip_longest
from pathlib import Path
from statistics import fmean, median
from typing import Any
from uuid import UUID

import yaml

from bench.ready import ready

services = ready()

from channels.db import database_sync_to_async  # noqa: E402 - needs the set-up above

from bench.questions import strangers  # noqa: E402 - needs the set-up above
from bench.shelves import found, opened  # noqa: E402 - needs the set-up above
from chat.answering.citing import marks_in, without_marks  # noqa: E402 - needs the set-up above
from chat.answering.engine import AnswerEngine, Conduct  # noqa: E402 - needs the set-up above
from chat.answering.events import Cited, Finished, Found, Text, Turn  # noqa: E402 - needs the set-up above
from chat.answering.style import Style  # noqa: E402 - needs the set-up above
from chat.answering.support import Support  # noqa: E402 - needs the set-up above
from chat.answering.support.claims import plain  # noqa: E402 - needs the set-up above
from chat.answering.wording import LanguageModel  # noqa: E402 - needs the set-up above
from chat.errors import ModelFailed  # noqa: E402 - needs the set-up above
from chat.learning.retrieval_sets import Query  # noqa: E402 - needs the set-up above
from chat.realtime.engines import configured_model, like, near  # noqa: E402 - needs the set-up above
from knowledge.lexemes import query_lexemes  # noqa: E402 - needs the set-up above
from knowledge.passages import Passage  # noqa: E402 - needs the set-up above
from knowledge.retrieval import Scope  # noqa: E402 - needs the set-up above

ASKED = ("xquad_en_en", "emanual_s10", "covidfaq", "plausible_headings")
REFUSED = "mtrag_clapnq_fiqa"
UNANSWERABLE = "UNANSWERABLE"
FAR_OFF = ("emanual_s10", "covidfaq", "plausible_headings")  # products among ``ASKED``
CONTEXT_TOKENS = 800  # of passages: a small model on two cores reads 60 tokens a second
IN_SAMPLE = 30
GOLDEN = Path(__file__).parent.parent / "evals" / "golden" / "demo.yaml"
Row = dict[str, Any]


class Recorded:
    """A model whose words are kept."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.said: list[str] = []

    async def stream(self, messages: Sequence[tuple[str, str]]) -> AsyncIterator[str]:
        """Pass the model's words on; a failure is kept as what it wrote until then."""
        self.said.append("")
        async for piece in self._model.stream(messages):
            self.said[-1] += piece
            yield piece


class PlayedBack:
    """What a model wrote, again."""

    def __init__(self, said: Sequence[str]) -> None:
        self._said = list(said)

    async def stream(self, _messages: Sequence[tuple[str, str]]) -> AsyncIterator[str]:
        """Say the next reply; one that never began fails as it did."""
        said = self._said.pop(0) if self._said else ""
        if not said:
            raise ModelFailed("The model failed then.")
        yield said


def truths(folder: Path, count: int) -> Iterator[tuple[str, Query, Any]]:
    """Yield questions of several kinds of documents, the sets in turn."""
    of_sets = []
    for name in ASKED:
        wanted, scope = opened(folder / "beir" / name)
        each = -(-count // len(ASKED))
        queries = wanted.queries[:: max(len(wanted.queries) // each, 1)][:each]
        of_sets.append([(name, query, scope) for query in queries])
    turns = chain.from_iterable(zip_longest(*of_sets))
    yield from [one for one in turns if one is not None][:count]


def demonstrated(_folder: Path, count: int) -> Iterator[tuple[str, Query, Any]]:
    """Yield the demo's golden questions that customers may have answered, without turns before them."""
    for number, one in enumerate(yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))[:count]):
        if one["expect"] == "answer" and one["audience"] == "public" and not one.get("history"):
            yield "demo", Query(str(number), one["question"]), Scope(collections=("help-centre",))


def refusals(folder: Path, count: int) -> Iterator[tuple[str, Query, Any]]:
    """Yield MTRAG's questions, unanswerable and answerable in turn."""
    wanted, scope = opened(folder / "beir" / REFUSED)
    due = [one for one in wanted.queries if one.label == UNANSWERABLE]
    others = [one for one in wanted.queries if one.label in ("ANSWERABLE", "PARTIAL")]
    others = others[:: max(len(others) // max(count - len(due), 1), 1)]
    turns = chain.from_iterable(zip_longest(due, others))
    yield from [(REFUSED, one, scope) for one in turns if one is not None][:count]


def far_off(folder: Path, count: int) -> Iterator[tuple[str, Query, Any]]:
    """Yield for each product questions that have nothing to do with it."""
    for name in FAR_OFF:
        _, scope = opened(folder / "beir" / name)
        for number, text in enumerate(strangers(folder, "oos_val")[:count]):
            yield name, Query(str(number), text, label=UNANSWERABLE), scope


def engine(search: Any, model: LanguageModel | None) -> AnswerEngine:
    """Return the engine that customers get, on other passages."""
    conduct = Conduct(Style(context_tokens=CONTEXT_TOKENS), support=Support(like), near=near)
    return AnswerEngine(search, model, None, conduct)


async def ask(part: str, name: str, query: Query, scope: Any) -> Row:
    """Put a question to the model; return all there is to say of it."""
    model = Recorded(configured_model())  # type: ignore[arg-type] # main() sees to it that there is one
    search = database_sync_to_async(lambda text, earlier: found(text, scope, tuple(earlier)))
    began = time.perf_counter()
    events = [event async for event in engine(search, model).answer(query.text, query.history)]
    took = time.perf_counter() - began
    passages = next(one.passages for one in events if isinstance(one, Found))
    return {
        "part": part,
        "set": name,
        "id": query.id,
        "question": query.text,
        "history": [asdict(turn) for turn in query.history],
        "label": query.label,
        "passages": [asdict(passage) for passage in passages],
        "said": model.said,
        "seconds": round(took, 2),
    }


async def replayed(row: Row) -> list[object]:
    """Return the events of an engine to which the model says again what it said."""

    async def search(_question: str, _earlier: Sequence[str]) -> Sequence[Passage]:
        return [passage_of(one) for one in row["passages"]]

    turns = [Turn(**turn) for turn in row["history"]]
    return [event async for event in engine(search, PlayedBack(row["said"])).answer(row["question"], turns)]


def passage_of(row: Row) -> Passage:
    """Return a passage as it was written down."""
    ids = {name: UUID(row[name]) for name in ("document_id", "version_id")}
    return Passage(**{**row, **ids, "heading_path": tuple(row["heading_path"])})


def borne_out(row: Row, events: Sequence[object], figures: Counter[str], shares: list[float]) -> str:
    """Count what is shown of one answer; return it beside its quotes, to be read."""
    quotes = {one.citation.number: one.citation.quote for one in events if isinstance(one, Cited)}
    texts = [one.text for one in events if isinstance(one, Text)]
    end = next(one for one in events if isinstance(one, Finished))
    figures[f"outcome {end.outcome} by {end.answerer}"] += 1
    if end.answerer == "model":
        for text in texts:
            numbers = marks_in(text)
            cited = " ".join(quotes[number] for number in numbers if number in quotes)
            figures["citations"] += len(numbers)
            figures["citations that do not exist"] += sum(number not in quotes for number in numbers)
            figures["sentences"] += 1
            figures["sentences without citation"] += not numbers
            figures["sentences word for word in their quote"] += (
                f" {plain(without_marks(text))} " in f" {plain(cited)} "
            )
            shares.append(share_of_words(without_marks(text), cited))
            figures["numbers"] += len(set(numbers_in(text)))
            figures["numbers that no quote holds"] += len(set(numbers_in(text)) - set(numbers_in(cited)))
    shown = "".join(texts).strip()
    kept = [f"> [{number}] {' '.join(words.split())}" for number, words in quotes.items()]
    return "\n".join([f"### {row['question']}", "", f"*{row['set']}, {end.answerer}*", "", shown, "", *kept])


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a text without its marks and those of steps."""
    return re.findall(r"\d+(?:[.,]\d+)*", re.sub(r"(?m)^\s*\d+\.\s", "", without_marks(text)))


def share_of_words(text: str, quote: str) -> float:
    """Return the share of a sentence's content words that its quotes hold, stemmed."""
    mine = set(query_lexemes(text, "en"))
    return len(mine & set(query_lexemes(quote, "en"))) / len(mine) if mine else 1.0


async def truth(rows: Sequence[Row], report: Path | None) -> None:
    """Print how much of what is shown stands in what it cites."""
    figures: Counter[str] = Counter()
    shares: list[float] = []
    told = [borne_out(row, await replayed(row), figures, shares) for row in rows]
    for name, number in sorted(figures.items()):
        print(f"{name}: {number}")
    if shares:
        held = [sum(share >= least for share in shares) / len(shares) for least in (1.0, 0.8, 0.6)]
        print(f"content words of a sentence that its quotes hold: mean {fmean(shares):.3f}")
        print(f"sentences of which all, .8, .6 of the words do: {', '.join(f'{one:.3f}' for one in held)}")
    print(f"seconds for an answer: median {median(row['seconds'] for row in rows):.1f}")
    if report is not None:
        by_model = [text for text in told if "*demo, model*" in text]
        chosen = by_model[:: max(len(by_model) // IN_SAMPLE, 1)][:IN_SAMPLE]
        report.write_text("\n\n".join(chosen) + "\n", encoding="utf-8")


async def refusal(rows: Sequence[Row]) -> None:
    """Print how well the engine refuses what cannot be answered, with the model."""
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    pairs: list[tuple[bool, bool]] = []
    for row in rows:
        events = await replayed(row)
        end = next(one for one in events if isinstance(one, Finished))
        kinds[row["label"]][f"{end.outcome} by {end.answerer}"] += 1
        pairs.append((row["label"] == UNANSWERABLE, end.outcome in ("declined", "clarified")))
    for label, outcomes in kinds.items():
        print(label, dict(outcomes))
    due, said = sum(is_due for is_due, _ in pairs), sum(refused for _, refused in pairs)
    right = sum(is_due and refused for is_due, refused in pairs)
    wrong = (said - right) / max(len(pairs) - due, 1)
    print(f"{len(pairs)} questions, {due} unanswerable: F1 {2 * right / max(due + said, 1):.3f}, ", end="")
    print(
        f"precision {right / max(said, 1):.3f}, recall {right / max(due, 1):.3f}, false refusals {wrong:.3f}"
    )


async def measure(options: argparse.Namespace) -> None:
    """Ask what was not asked yet, then count."""
    rows = [json.loads(line) for line in options.file.open()] if options.file.exists() else []
    known = {(row["part"], row["set"], row["id"]) for row in rows}
    for part in filter(None, options.ask.split(",")):
        make = {"truth": truths, "demo": demonstrated, "refusal": refusals, "far": far_off}[part]
        wanted = await database_sync_to_async(lambda make=make: list(make(options.folder, options.count)))()
        for name, query, scope in wanted:
            if (part, name, query.id) not in known:
                line = json.dumps(await ask(part, name, query, scope), default=str)
                with options.file.open("a") as file:
                    file.write(f"{line}\n")
                rows.append(json.loads(line))
    asked = [row for row in rows if row["part"] in ("truth", "demo")]
    if asked:
        await truth(asked, options.report)
    parted = [[row for row in rows if row["part"] == "refusal"]]
    for name in FAR_OFF:
        far = [row for row in rows if (row["part"], row["set"]) == ("far", name)]
        parted.append([*far, *(row for row in asked if row["set"] == name)] if far else [])
    for due in filter(None, parted):
        print(due[0]["set"])
        await refusal(due)


def main() -> None:
    """Measure with what is given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--ask", default="")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    if options.ask and configured_model() is None:
        raise SystemExit("MODEL_URL is not set.")
    asyncio.run(measure(options))


if __name__ == "__main__":
    main()
