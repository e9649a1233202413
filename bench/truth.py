"""Truth: is what the assistant says borne out, and are lies stopped?

    python -m bench.truth FOLDER [--parts lying,people,quoting] [--count 100] [--fit]
    python -m bench.truth FOLDER --parts model [--report FILE]

FOLDER is a data folder with ``beir`` and ``mtrag_human_judged``. *lying*: true sentences and
lies (``bench.lying``) against support, of the half of the documents that nothing was tuned on;
``--fit`` takes the other half and prints new weights. *people*: does support agree with those
who rated answers? *quoting*: questions through the engine on PostgreSQL; every line that is
shown has to stand, word for word, in a quote that is cited. *model*: the same with the model of
MODEL_URL, and a sample to read. Sets that are not in the database are taken in.
"""

import argparse
import asyncio
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import django
import numpy as np

from supportbot.embedded.environment import prepare_environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportbot.settings")
services = prepare_environment()
django.setup()

from channels.db import database_sync_to_async  # noqa: E402 - needs the set-up above

from bench import lying  # noqa: E402 - needs the set-up above
from bench.judged import judged, spearman  # noqa: E402 - needs the set-up above
from bench.shelves import found, opened  # noqa: E402 - needs the set-up above
from chat.answering.citing import marks_in, without_marks  # noqa: E402 - needs the set-up above
from chat.answering.engine import AnswerEngine  # noqa: E402 - needs the set-up above
from chat.answering.events import Cited, Finished, Text  # noqa: E402 - needs the set-up above
from chat.answering.support import Support, Weighed, weights  # noqa: E402 - needs the set-up above
from chat.answering.support.claims import plain  # noqa: E402 - needs the set-up above
from chat.learning.fitting import auroc  # noqa: E402 - needs the set-up above
from chat.realtime.engines import configured_model  # noqa: E402 - needs the set-up above

KINDS = ("own", "reworded", "number", "negation", "step", "swapped")
LANGUAGES = {"en": 0.7, "de": 0.15, "es": 0.15}  # shares of the cases
ASKED = ("xquad_en_en", "emanual_s10", "covidfaq", "stackfaq", "plausible_headings")
IN_SAMPLE = 30


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
        return {source.passage for source in best.sources} <= set(case.sources)
    return shown is case.is_true


async def lies(folder: Path, support: Support, count: int, fit: bool) -> None:
    """Print how many true sentences stand and how many lies fall."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    doubtful: list[tuple[bool, Weighed]] = []
    for case in cases_of(folder, fit, count):
        best = await support.weighed(case.sentence, case.marked, case.given, case.language)
        is_as_wanted = is_right(case, best)
        total[case.kind] += 1
        right[case.kind] += is_as_wanted
        tells = case.kind != "lie: swapped" or not is_as_wanted
        if tells and best is not None and best.veto is None and not best.is_verbatim:
            doubtful.append((case.is_true, best))
    for kind in sorted(total, reverse=True):
        print(f"{kind:22} {right[kind]:4} of {total[kind]:4} as they should: {right[kind] / total[kind]:.3f}")
    if fit:
        print("intercept, clause, passage, strange name:", np.round(fitted(doubtful), 2))


def fitted(doubtful: Sequence[tuple[bool, Weighed]]) -> Any:
    """Return new weights, by Newton's method; both sides count the same."""
    rows = []
    for _, one in doubtful:
        signs = one.signs
        rows.append([1.0, signs.clause, signs.passage, min(signs.strange_names, 3)])
    features = np.array(rows)
    wanted = np.array([float(is_true) for is_true, _ in doubtful])
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    middle[0], spread[0] = 0.0, 1.0
    scaled = (features - middle) / spread
    balance = np.where(wanted == 1, 0.5 / wanted.mean(), 0.5 / (1 - wanted.mean()))
    found_weights: Any = np.zeros(features.shape[1])
    for _ in range(60):
        guess = 1 / (1 + np.exp(-scaled @ found_weights))
        curvature = (scaled.T * (balance * guess * (1 - guess))) @ scaled + 1e-2 * np.eye(features.shape[1])
        step = scaled.T @ (balance * (wanted - guess)) - 1e-2 * found_weights
        found_weights += np.linalg.solve(curvature, step)
    found_weights /= spread
    found_weights[0] -= (found_weights * middle)[1:].sum()
    return found_weights


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


async def asked(folder: Path, count: int, report: Path | None, with_model: bool) -> None:
    """Ask real questions; print what is shown without standing in a quote, and write a sample."""
    figures: Counter[str] = Counter()
    sample: list[str] = []
    for name in ASKED:
        wanted, scope = await database_sync_to_async(opened)(folder / "beir" / name)
        search = database_sync_to_async(lambda question, _earlier, scope=scope: found(question, scope))
        engine = AnswerEngine(search, configured_model() if with_model else None)
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
        await asked(options.folder, 2 * options.count, options.report, with_model=False)
    if parts["model"]:
        await asked(options.folder, options.count, options.report, with_model=True)


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
