"""Ranking: the weights of search, learned from questions whose documents are known.

    python -m bench.ranking FOLDER [--questions 300] [--write]

FOLDER holds retrieval sets (corpus.jsonl, queries.jsonl, qrels.tsv). Their documents go through the
product's own ingestion into scratch collections that are kept, and every question through its own
``find``. The weights are the likeliest under a softmax over each question's candidates, sets counting
alike. Then each set is left out in turn, and asked with what was learned from the others. ``--write`` puts
the weights where the product reads them. Uses the data folder of the environment.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.ready import ready

services = ready()

from tqdm import tqdm  # noqa: E402 - needs the set-up above

from chat.answering.rewriting import earlier_questions  # noqa: E402 - needs the set-up above
from chat.learning.metrics import RankingFigures, rate  # noqa: E402 - needs the set-up above
from chat.learning.retrieval_sets import load  # noqa: E402 - needs the set-up above
from knowledge.retrieval import Scope, ranking  # noqa: E402 - needs the set-up above
from knowledge.retrieval.search import find  # noqa: E402 - needs the set-up above
from supportbot.measuring.scratch import scratch, take_in  # noqa: E402 - needs the set-up above

LEARNED = ("dense", "words")
STEPS = 400
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: the features of its candidates (n, 2), the documents they are of, and its judgements."""

    features: Matrix
    documents: tuple[tuple[str, ...], ...]
    grades: dict[str, int]

    @property
    def relevant(self) -> npt.NDArray[np.bool_]:
        """Return which candidates are of a relevant document."""
        return np.array([any(self.grades.get(name, 0) > 0 for name in names) for names in self.documents])


def ask(folder: Path, most: int) -> list[Asked]:
    """Return what search finds for the questions of a set that have an answer, evenly drawn."""
    wanted = load(folder)
    queries = [query for query in wanted.queries if wanted.relevant.get(query.id)]
    asked = []
    with scratch(folder, keep=True) as collection:
        names, _ = take_in(wanted.documents, collection)
        scope = Scope((collection.audience,), (collection.slug,))
        for query in tqdm(queries[:: max(len(queries) // most, 1)][:most], folder.name):
            found = find(query.text, scope, earlier_questions(query.history))
            if found is None:
                continue
            rows = np.array([[one.dense, one.words] for one in found.features()]).reshape(-1, len(LEARNED))
            documents = tuple(tuple(names[candidate.document_id]) for candidate in found.candidates)
            asked.append(Asked(rows, documents, wanted.relevant[query.id]))
    return asked


def learn(sets: Sequence[Sequence[Asked]]) -> Matrix:
    """Return the likeliest weights, shape (2,), by gradient ascent; the step is halved when it overshoots."""
    usable = [[one for one in asked if one.relevant.any() and not one.relevant.all()] for asked in sets]
    questions = [one for asked in usable for one in asked]
    shares = np.concatenate([np.full(len(asked), 1 / len(asked)) for asked in usable if asked]) / len(usable)
    rows = np.concatenate([one.features for one in questions])
    right = np.concatenate([one.relevant for one in questions])
    sizes = np.array([len(one.features) for one in questions])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    of = np.repeat(np.arange(len(questions)), sizes)
    scale = rows.std(axis=0)

    def likelihood(weights: Matrix) -> tuple[float, Matrix]:
        odds = (rows / scale) @ weights
        parts = np.exp(odds - np.maximum.reduceat(odds, starts)[of])
        whole, hit = np.add.reduceat(parts, starts), np.add.reduceat(parts * right, starts) + 1e-300
        pull = shares[of] * (parts * right / hit[of] - parts / whole[of])
        return float((shares * np.log(hit / whole)).sum()), (rows / scale).T @ pull

    weights, step = np.ones(len(LEARNED)), 4.0
    best, slope = likelihood(weights)
    for _ in range(STEPS):
        further = weights + step * slope
        value, gradient = likelihood(further)
        if value < best:
            step /= 2
            continue
        weights, best, slope = further, value, gradient
    learned: Matrix = weights / scale
    return learned


def rated(asked: Sequence[Asked], weights: Matrix) -> RankingFigures:
    """Return how well some weights rank, documents by their best chunk."""
    rankings = {}
    for number, one in enumerate(asked):
        order = np.argsort(-(one.features @ weights), kind="stable")
        rankings[str(number)] = list(dict.fromkeys(name for place in order for name in one.documents[place]))
    return rate(rankings, {str(number): one.grades for number, one in enumerate(asked)})


def main() -> None:
    """Learn, leave out, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=300, help="of each set, at most")
    parser.add_argument("--write", action="store_true", help="put the weights where the product reads them")
    options = parser.parse_args()
    folders = sorted(path.parent for path in options.folder.glob("*/qrels.tsv"))
    sets = {folder.name: ask(folder, options.questions) for folder in folders}
    weights = learn(list(sets.values()))
    print(dict(zip(LEARNED, np.round(weights, 3), strict=True)))
    print(
        "| set | questions | nDCG@10 | left out of the training | hit@1 | hit@5 |\n|---|---|---|---|---|---|"
    )
    gains = []
    for name, asked in sets.items():
        figures = rated(asked, weights)
        alone = rated(asked, learn([other for key, other in sets.items() if key != name])).ndcg_10
        gains.append((figures.ndcg_10, alone))
        print(
            f"| {name} | {figures.questions} | {figures.ndcg_10:.4f} | {alone:.4f} "
            f"| {figures.hit_1:.4f} | {figures.hit_5:.4f} |"
        )
    means = np.array(gains).mean(axis=0)
    print(f"| mean | | {means[0]:.4f} | {means[1]:.4f} | | |")
    if options.write:
        path = Path(ranking.__file__).parent / "weights.json"
        kept = json.loads(path.read_text("utf-8"))
        kept |= {name: round(float(weight), 3) for name, weight in zip(LEARNED, weights, strict=True)}
        path.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
