"""Several: two questions in one message, and whether both answers stand in what is shown.

    python -m bench.several FOLDER [--pairs 100] [--sets xquad_en_en,emanual_s10]

FOLDER holds ``beir`` with retrieval sets that have answers, and ``clinc150``. Two questions of a set whose
answers stand in different documents are asked in one message: one sentence after the other, and in one
sentence ("… and …"). A third message pairs a question with one out of scope, which the reply has to leave
open in so many words. Each message is asked all at once, as one question, and through the engine, which parts
it; no model.
"""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.ready import ready

services = ready()

from bench.containment import contained  # noqa: E402 - needs the set-up above
from bench.questions import rows_of, strangers  # noqa: E402 - needs the set-up above
from bench.shelves import opened  # noqa: E402 - needs the set-up above
from chat.answering.answerer import Answerer  # noqa: E402 - needs the set-up above
from chat.answering.citing import without_marks  # noqa: E402 - needs the set-up above
from chat.answering.deciding import Calibration, Kind, decide  # noqa: E402 - needs the set-up above
from chat.answering.events import Text  # noqa: E402 - needs the set-up above
from chat.answering.phrases import phrase  # noqa: E402 - needs the set-up above
from chat.realtime.engines import engine_in, looked_up  # noqa: E402 - needs the set-up above
from knowledge.language import detect  # noqa: E402 - needs the set-up above
from knowledge.retrieval import Scope  # noqa: E402 - needs the set-up above
from supportbot.measuring.quoting import quoted  # noqa: E402 - needs the set-up above

Row = dict[str, Any]
SETS = ("xquad_en_en", "xquad_de_de", "emanual_s10")
ENOUGH = 0.5  # share of the words of an answer that is a sentence


@dataclass
class Tally:
    """How the messages of one kind were answered; each value is 0 or 1."""

    both: list[bool] = field(default_factory=list)
    one: list[bool] = field(default_factory=list)
    silent: list[bool] = field(default_factory=list)
    words: list[int] = field(default_factory=list)

    def told(self) -> str:
        """Return the shares as a line."""
        return (
            f"{len(self.both):4} both {fmean(self.both):.3f}  at least one {fmean(self.one):.3f}  "
            f"no answer {fmean(self.silent):.3f}  words {fmean(self.words):.1f}"
        )


def at_once(message: str, scope: Scope) -> str:
    """Return what is shown for a message taken as one question; nothing where it is declined."""
    passages = looked_up(message, scope, Calibration())
    if decide(message, passages, Calibration()).kind is Kind.DECLINE:
        return ""
    return without_marks(quoted(message, passages))


async def parted(message: str, engine: Answerer) -> str:
    """Return what the engine says to a message; nothing where it declines."""
    pieces = [event.text async for event in engine.answer(message, ()) if isinstance(event, Text)]
    text = without_marks("".join(pieces))
    return "" if text == phrase("declined", detect(message)) else text


def messages(first: Row, second: Row) -> Iterator[tuple[str, str]]:
    """Yield the kinds of messages that two questions make."""
    one, other = (row["text"].strip().rstrip("?").strip() for row in (first, second))
    yield "one after the other", f"{one}? {other}?"
    joining = {"de": "und"}.get(detect(one), "and")
    yield "in one sentence", f"{one} {joining} {other[:1].lower()}{other[1:]}?"


def answered(folder: Path, count: int) -> list[Row]:
    """Return the questions of a set that have an answer, evenly drawn."""
    rows = [row for row in rows_of(folder / "queries.jsonl") if row.get("answers") or row.get("answer")]
    return rows[:: max(len(rows) // count, 1)][:count]


def measure(folder: Path, pairs: int, runner: asyncio.Runner) -> None:
    """Print the figures of one set."""
    _, scope = opened(folder)
    engine = engine_in(scope)
    rows = answered(folder, 2 * pairs)
    half = len(rows) // 2
    tallies: dict[tuple[str, str], Tally] = {}
    for first, second in zip(rows[:half], rows[half:], strict=False):
        for kind, message in messages(first, second):
            language = detect(message)
            said = {
                "all at once": at_once(message, scope),
                "each by itself": runner.run(parted(message, engine)),
            }
            for way, text in said.items():
                tally = tallies.setdefault((kind, way), Tally())
                held = [contained(row, text, language) >= ENOUGH for row in (first, second)]
                tally.both.append(all(held))
                tally.one.append(any(held))
                tally.silent.append(not text)
                tally.words.append(len(text.split()))
    for (kind, way), tally in tallies.items():
        print(f"{folder.name:14} {kind:20} {way:15} {tally.told()}", flush=True)


def measure_strangers(folder: Path, asked: Sequence[str], pairs: int, runner: asyncio.Runner) -> None:
    """Print how often the answer is there beside a question of something else, and that one is left open."""
    _, scope = opened(folder)
    engine = engine_in(scope)
    rows = answered(folder, pairs)
    held: dict[str, list[bool]] = {"all at once": [], "each by itself": []}
    left = []
    for row, stranger in zip(rows, asked, strict=False):
        message = f"{row['text'].strip().rstrip('?')}? {stranger.rstrip('?')}?"
        text = runner.run(parted(message, engine))
        held["each by itself"].append(contained(row, text, "en") >= ENOUGH)
        held["all at once"].append(contained(row, at_once(message, scope), "en") >= ENOUGH)
        left.append(phrase("left_open", detect(message)).partition("{")[0] in text)
    shares = ", ".join(f"{way} {fmean(values):.3f}" for way, values in held.items())
    kind = "beside a stranger"
    print(f"{folder.name:14} {kind:20} {len(rows):4} there {shares}; left open {fmean(left):.3f}", flush=True)


def main() -> None:
    """Measure on the folder given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--sets", default=",".join(SETS))
    options = parser.parse_args()
    names = options.sets.split(",")
    with asyncio.Runner() as runner:  # one loop: its threads keep their connections to the database
        for name in names:
            measure(options.folder / "beir" / name, options.pairs, runner)
        asked = strangers(options.folder, "oos_val")
        for name in names:
            if not name.startswith("xquad_de"):
                measure_strangers(options.folder / "beir" / name, asked, options.pairs, runner)


if __name__ == "__main__":
    main()
