"""Truth: is what the assistant says borne out, and are lies stopped?

    python -m bench.truth FOLDER [--parts lying,people,quoting] [--count 100] [--fit]

FOLDER is a data folder with ``beir`` and ``mtrag_human_judged``. *lying*: true sentences and
lies (``bench.lying``) against support, of the half of the documents that nothing was tuned on;
``--fit`` takes the other half and prints new weights. *people*: does support agree with those
who rated answers? *quoting*: questions through the engine on PostgreSQL; every line that is
shown has to stand, word for word, in a quote that is cited. Sets that are not in the database are
taken in. With a real model: ``bench.modelled``.
"""

import argparse
import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from bench.ready import ready

services = ready()

from channels.db import database_sync_to_async  # noqa: E402 - needs the set-up above

from bench import lying  # noqa: E402 - needs the set-up above
from bench.judged import judged, spearman  # noqa: E402 - needs the set-up above
from bench.shelves import found, opened  # noqa: E402 - needs the set-up above
from chat.answering import phrases  # noqa: E402 - needs the set-up above
from chat.answering.citing import marks_in, without_marks  # noqa: E402 - needs the set-up above
from chat.answering.engine import AnswerEngine  # noqa: E402 - needs the set-up above
from chat.answering.events import Cited, Finished, Text  # noqa: E402 - needs the set-up above
from chat.answering.support import Support, Weighed, weights  # noqa: E402 - needs the set-up above
from chat.answering.support.claims import plain  # noqa: E402 - needs the set-up above
from chat.learning.fitting import auroc  # noqa: E402 - needs the set-up above

KINDS = ("own", "reworded", "number", "negation", "step", "swapped", "unsaid")
LANGUAGES = {"en": 0.7, "de": 0.15, "es": 0.15}  # shares of the cases
ASKED = ("xquad_en_en", "emanual_s10", "covidfaq", "stackfaq", "plausible_headings")
UNSURE = {phrases.phrase("unsure", path.stem) for path in phrases.FOLDER.glob("*.json")}
IN_SAMPLE = 30
SIGNS = ("clause", "passage", "strange name", "unmet", "of two")
MOST_NAMES = 3
PEOPLE = 4.0  # for each rule by which a true sentence is reworded people have many
CURVE = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def cases_of(folder: Path, tuning: bool, count: int) -> list[lying.Case]:
    """Return this many cases of each kind that is made, and all sentences by people."""
    cases: list[lying.Case] = []
    for language, share in LANGUAGES.items():
        names = [name for name, code in lying.SETS.items() if code == language]
        passages = [
            one for name in names for one in lying.passages_of(folder / "beir" / name, language, tuning)
        ]
        maker = lying.Maker(passages)
        for kind in KINDS:
            cases += maker.cases(kind, round(count * share))
    return cases + lying.of_people(folder, tuning)


def is_right(case: lying.Case, best: Weighed | None) -> bool:
    """Say whether support did what it should: a sentence with the wrong mark may stand with the right one."""
    shown = best is not None and best.veto is None and best.probability >= weights.ENOUGH
    if case.kind == "lie: swapped" and best is not None and shown:
        return _is_of_its_source(case, best)
    return shown is case.is_true


def _is_of_its_source(case: lying.Case, best: Weighed) -> bool:
    return {source.passage for source in best.sources} <= set(case.sources)


async def lies(folder: Path, support: Support, count: int, fit: bool) -> None:
    """Print how many true sentences stand and how many lies fall."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    doubtful: list[tuple[str, Weighed]] = []
    for case in cases_of(folder, fit, count):
        best = await support.weighed(case.sentence, case.marked, case.given, case.language)
        total[case.kind] += 1
        right[case.kind] += is_right(case, best)
        tells = best is not None and not (case.kind == "lie: swapped" and _is_of_its_source(case, best))
        if tells and best is not None and best.veto is None and not best.is_verbatim:
            doubtful.append((case.kind, best))
    for kind in sorted(total, reverse=True):
        print(f"{kind:22} {right[kind]:4} of {total[kind]:4} as they should: {right[kind] / total[kind]:.3f}")
    if fit:
        print(dict(zip(("intercept", *SIGNS), np.round(fitted(doubtful), 2), strict=True)))
    curve(doubtful, right, total)


def signs_of(one: Weighed) -> list[float]:
    """Return what the probability is made of, in the order of ``SIGNS``."""
    signs = one.signs
    names = min(signs.strange_names, MOST_NAMES)
    return [signs.clause, signs.passage, names, signs.unmet, float(signs.is_of_two)]


def fitted(doubtful: Sequence[tuple[str, Weighed]]) -> Any:
    """Return new weights, by Newton's method; both sides count the same, a sentence by people as four."""
    features = np.array([[1.0, *signs_of(one)] for _, one in doubtful])
    wanted = np.array([float(kind.startswith("true")) for kind, _ in doubtful])
    counts = np.array([PEOPLE if kind.startswith("true: people") else 1.0 for kind, _ in doubtful])
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    middle[0], spread[0] = 0.0, 1.0
    scaled = (features - middle) / spread
    side = np.where(wanted == 1, counts[wanted == 1].sum(), counts[wanted == 0].sum())
    balance = len(wanted) * counts / (2 * side)
    found_weights: Any = np.zeros(features.shape[1])
    for _ in range(60):
        guess = 1 / (1 + np.exp(-scaled @ found_weights))
        curvature = (scaled.T * (balance * guess * (1 - guess))) @ scaled + 1e-2 * np.eye(features.shape[1])
        step = scaled.T @ (balance * (wanted - guess)) - 1e-2 * found_weights
        found_weights += np.linalg.solve(curvature, step)
    found_weights /= spread
    found_weights[0] -= (found_weights * middle)[1:].sum()
    return found_weights


def curve(doubtful: Sequence[tuple[str, Weighed]], right: Counter[str], total: Counter[str]) -> None:
    """Print what stands at other thresholds: what words decide moves, what facts decide stays."""
    kinds = sorted(total, reverse=True)
    print("| threshold | " + " | ".join(kinds) + " |")
    for threshold in CURVE:
        moved = Counter(
            {
                kind: sum(
                    (one.probability >= threshold) - (one.probability >= weights.ENOUGH)
                    for name, one in doubtful
                    if name == kind
                )
                for kind in kinds
            }
        )
        kept = [right[kind] + (1 if kind.startswith("true") else -1) * moved[kind] for kind in kinds]
        shares = (count / max(total[kind], 1) for kind, count in zip(kinds, kept, strict=True))
        print(f"| {threshold:.2f} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")


async def people(folder: Path, support: Support) -> None:
    """Print how well the mean support of an answer's sentences goes with people's ratings."""
    scores: list[float] = []
    ratings: list[float] = []
    for number, row in enumerate(judged(folder)):
        given = lying.contexts(row, 10**9 + 100 * number)
        sentences = [text for text in lying.told(row["response"]) if len(text.split()) > 2]
        if given and sentences:
            best = [await support.weighed(text, (), given, "en") for text in sentences]
            scores.append(fmean(one.probability if one else 0.0 for one in best))
            ratings.append(row["faithful"])
    good = [score for score, rating in zip(scores, ratings, strict=True) if rating >= 4]
    bad = [score for score, rating in zip(scores, ratings, strict=True) if rating < 3]
    area = auroc([*good, *bad], [*[True] * len(good), *[False] * len(bad)]) or 0.0
    print(
        f"{len(scores)} rated answers: Spearman {spearman(scores, ratings):.3f}; "
        f"AUROC of {len(good)} wholly faithful against {len(bad)} below 3: {area:.3f}"
    )


async def asked(folder: Path, count: int, report: Path | None) -> None:
    """Ask real questions; print what is shown without standing in a quote, and write a sample."""
    figures: Counter[str] = Counter()
    sample: list[str] = []
    for name in ASKED:
        wanted, scope = await database_sync_to_async(opened)(folder / "beir" / name)
        search = database_sync_to_async(lambda question, _earlier, scope=scope: found(question, scope))
        engine = AnswerEngine(search)
        each = count // len(ASKED)
        for query in wanted.queries[:: max(len(wanted.queries) // each, 1)][:each]:
            events = [event async for event in engine.answer(query.text)]
            lines = checked(events, figures)
            sample.append(f"## {query.text}\n\n" + "\n".join(lines))
    print(", ".join(f"{name}: {number}" for name, number in sorted(figures.items())))
    share = figures["lines in their quote"] / max(figures["lines shown"], 1)
    print(f"share of lines that stand in a quote: {share:.4f}")
    if report is not None:
        report.write_text(
            "\n\n".join(sample[:: max(len(sample) // IN_SAMPLE, 1)][:IN_SAMPLE]), encoding="utf-8"
        )


def checked(events: Sequence[object], figures: Counter[str]) -> list[str]:
    """Count what is shown of one answer; return it beside its quotes, to be read."""
    quotes = {one.citation.number: one.citation.quote for one in events if isinstance(one, Cited)}
    texts = [one.text for one in events if isinstance(one, Text)]
    end = next(one for one in events if isinstance(one, Finished))
    figures[f"outcome {end.outcome} by {end.answerer}"] += 1
    if end.outcome != "answered":
        return ["".join(texts)]
    for text in texts:
        if text.strip() in UNSURE:
            figures["said to be unsure"] += 1
            continue
        numbers = marks_in(text)
        figures["citations"] += len(numbers)
        figures["citations that do not exist"] += sum(number not in quotes for number in numbers)
        cited = [f" {plain(quotes[number])} " for number in numbers if number in quotes]
        for line in without_marks(text).splitlines():
            if plain(line):
                figures["lines shown"] += 1
                figures["lines in their quote"] += any(f" {plain(line)} " in quote for quote in cited)
    return [
        "".join(texts),
        "",
        *(f"> [{number}] {' '.join(words.split())}" for number, words in quotes.items()),
    ]


async def measure(options: argparse.Namespace) -> None:
    """Measure the parts that were asked for."""
    support = Support()
    parts: defaultdict[str, bool] = defaultdict(bool, dict.fromkeys(options.parts.split(","), True))
    if parts["lying"]:
        await lies(options.folder, support, options.count, options.fit)
    if parts["people"]:
        await people(options.folder, support)
    if parts["quoting"]:
        await asked(options.folder, 2 * options.count, options.report)


def main() -> None:
    """Measure on the folder given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parts", default="lying,people,quoting")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--report", type=Path)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
