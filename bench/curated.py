"""Curated matching: how often the right answer, a wrong one or none, on questions of other people.

    python -m bench.curated FOLDER [--questions 600] [--fit]

FOLDER holds banking77 and clinc150. The training questions of BANKING77 are curated, the
answer of each is its intent; its test questions and CLINC150's are asked, those out of scope
and those of other trades than banking, through the product's own ``match`` on PostgreSQL.
Where only every second intent is curated, the questions of the others are near misses.
Questions whose SHA-256 is even were used to fit the weights and are asked with ``--fit``
only, which fits them anew and prints them. Uses the data folder of the environment.
"""

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from bench.ready import ready

services = ready()

from bench.questions import rows_of  # noqa: E402 - needs the set-up above
from knowledge.curated import judging  # noqa: E402 - needs the set-up above
from knowledge.curated.exchange import import_answers  # noqa: E402 - needs the set-up above
from knowledge.curated.matching import nearest  # noqa: E402 - needs the set-up above
from knowledge.curated.records import Record  # noqa: E402 - needs the set-up above
from knowledge.curated.vectors import make_vectors  # noqa: E402 - needs the set-up above
from knowledge.embedding import Embedder, Vectors, get_embedder  # noqa: E402 - needs the set-up above
from knowledge.embedding.sets import ensure_active_set  # noqa: E402 - needs the set-up above
from knowledge.models import Collection, CuratedAnswer  # noqa: E402 - needs the set-up above
from knowledge.retrieval import Scope  # noqa: E402 - needs the set-up above

# Wordings of each answer, and every how many-th intent is curated.
SETTINGS = {
    "all-25": (25, 1),
    "all-5": (5, 1),
    "half-25": (25, 2),
    "half-5": (5, 2),
    "quarter-10": (10, 4),
    "eighth-3": (3, 8),
}
THRESHOLDS = (0.8, 0.9, 0.92, 0.94)
OTHER_TRADES = 300  # questions that other assistants are asked
Case = tuple[str, str, bool, float, judging.Likeness | None]  # setting, kind, is right, probability, likeness


class Remembering:
    """An embedder that embeds a text once, for the shelves share their questions."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question."""
        if text not in self._known:
            self._known[text] = self._embedder.embed_query(text)
        return self._known[text]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages."""
        return self._embedder.embed_passages(texts)


def is_for_fitting(text: str) -> bool:
    """Say on which side of the split a question is."""
    return sha256(text.encode()).digest()[0] % 2 == 0


def curate(training: Sequence[dict[str, str]]) -> dict[str, set[str]]:
    """Curate each setting on a shelf of its own; return the intents on each."""
    wordings: defaultdict[str, list[str]] = defaultdict(list)
    for row in training:
        wordings[row["intent"]].append(row["text"])
    for texts in wordings.values():
        random.Random(7).shuffle(texts)  # noqa: S311 - a draw that repeats
    chosen: dict[str, set[str]] = {}
    for slug, (count, step) in SETTINGS.items():
        shelf = Collection.objects.create(slug=f"bench-{slug}", name=slug)
        intents = sorted(wordings)[::step]
        records = [
            (intent, Record(texts[0], intent, tuple(texts[1:]), language="en"))
            for intent in intents
            for texts in [wordings[intent][:count]]
        ]
        done = import_answers(iter(records), shelf, skip_bad=True)
        print(f"{slug}: {done.added} answers, {len(done.problems)} refused", flush=True)
        chosen[slug] = set(intents)
    make_vectors(ensure_active_set().pk, Remembering(get_embedder()))
    return chosen


def asked(questions: Sequence[dict[str, str]], chosen: dict[str, set[str]], kind: str = "") -> Iterator[Case]:
    """Ask each question of each shelf."""
    for row in questions:
        for slug, intents in chosen.items():
            found = nearest(row["text"], Scope(collections=(f"bench-{slug}",)))
            if found is not None:
                match, likeness = found
                known = "in" if row["intent"] in intents else "near miss"
                yield slug, kind or known, match.text == row["intent"], match.score, likeness


def report(cases: Sequence[Case]) -> None:
    """Print precision, recall and false matches per setting and threshold."""
    kinds = ("near miss", "out of scope", "other trade")
    print(
        f"{'shelf':10} {'from':>5} {'precision':>9} {'recall':>7}" + "".join(f"{kind:>13}" for kind in kinds)
    )
    for slug in SETTINGS:
        mine = [case for case in cases if case[0] == slug]
        totals = Counter(case[1] for case in mine)
        for threshold in THRESHOLDS:
            given = [case for case in mine if case[3] >= threshold]
            counts = Counter(case[1] for case in given)
            right = sum(case[2] for case in given if case[1] == "in")
            figures = [right / max(counts["in"], 1), right / max(totals["in"], 1)]
            false = "".join(f"{counts[kind] / max(totals[kind], 1):13.4f}" for kind in kinds)
            print(f"{slug:10} {threshold:5} {figures[0]:9.3f} {figures[1]:7.3f}{false}")


def fit(cases: Sequence[Case]) -> None:
    """Fit the weights to the cases that agree, by Newton's method, and print them."""
    alike = [(likeness, float(case[2])) for case in cases if (likeness := case[4]) and likeness.agrees]
    features = np.array(
        [[1, one.cosine, min(one.lead or 0, judging.MOST_LEAD), one.overlap] for one, _ in alike]
    )
    wanted = np.array([right for _, right in alike])
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    middle[0], spread[0] = 0, 1
    scaled = (features - middle) / spread
    weights: Any = np.zeros(scaled.shape[1])
    for _ in range(50):
        guess = 1 / (1 + np.exp(-scaled @ weights))
        curvature = scaled.T * (guess * (1 - guess)) @ scaled + 1e-3 * np.eye(len(weights))
        weights += np.linalg.solve(curvature, scaled.T @ (wanted - guess) - 1e-3 * weights)
    weights /= spread
    weights[0] -= (weights * middle)[1:].sum()
    print("intercept, cosine, lead, overlap:", np.round(weights, 2))


def main() -> None:
    """Measure, or fit, on the folder given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=600)
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    remove()
    banking, clinc = options.folder / "banking77", options.folder / "clinc150"
    mine = [row for row in rows_of(banking / "test.jsonl") if is_for_fitting(row["text"]) is options.fit]
    chosen = curate(rows_of(banking / "train.jsonl"))
    random.Random(7).shuffle(mine)  # noqa: S311 - a draw that repeats
    cases = list(asked(mine[: options.questions], chosen))
    for kind, far in far_off(clinc).items():
        cases += asked([row for row in far if is_for_fitting(row["text"]) is options.fit], chosen, kind)
    report(cases)
    if options.fit:
        fit(cases)
    remove()


def far_off(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Return questions that no bank is asked, and those of other trades."""
    domains: dict[str, list[str]] = json.loads((folder / "domains.json").read_text(encoding="utf-8"))
    near = {intent for domain in ("banking", "credit_cards") for intent in domains[domain]}
    others = [row for row in rows_of(folder / "val.jsonl") if row["intent"] not in near]
    random.Random(7).shuffle(others)  # noqa: S311 - a draw that repeats
    strangers = [row for part in ("oos_train", "oos_val") for row in rows_of(folder / f"{part}.jsonl")]
    return {"out of scope": strangers, "other trade": others[:OTHER_TRADES]}


def remove() -> None:
    """Take away what an earlier run left."""
    CuratedAnswer.objects.filter(collection__slug__startswith="bench-").delete()
    Collection.objects.filter(slug__startswith="bench-").delete()


if __name__ == "__main__":
    main()
