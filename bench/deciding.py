"""Deciding: when to answer, learned from questions whose answer is there and then taken away.

    python -m bench.deciding FOLDER [--questions 100] [--write]

FOLDER holds ``beir`` with retrieval sets and ``clinc150``. Each question is asked twice through the
product's own search: as it is, and with the documents that answer it hidden (a near miss). Questions out
of scope of CLINC150, and XQuAD's in four other languages, are asked of the sets about products (far off).
A logistic regression on what speaks for the passages is fitted with each set left out in turn; MTRAG's own
unanswerable questions take no part in any fit. Beside it stand the plain cosine and refusing always.
``--write`` puts the weights where the product reads them. Uses the data folder of the environment.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.ready import ready

services = ready()

from django.db import transaction  # noqa: E402 - needs the set-up above
from tqdm import tqdm  # noqa: E402 - needs the set-up above

from bench.questions import strangers  # noqa: E402 - needs the set-up above
from chat.answering import deciding  # noqa: E402 - needs the set-up above
from chat.answering.closer import likeliest  # noqa: E402 - needs the set-up above
from chat.answering.events import Turn  # noqa: E402 - needs the set-up above
from chat.answering.rewriting import (  # noqa: E402 - needs the set-up above
    earlier_questions,
    with_what_it_leans_on,
)
from chat.learning.fitting import auroc  # noqa: E402 - needs the set-up above
from chat.learning.retrieval_sets import Query, load  # noqa: E402 - needs the set-up above
from knowledge.language import detect  # noqa: E402 - needs the set-up above
from knowledge.models import Document  # noqa: E402 - needs the set-up above
from knowledge.passages import Passage  # noqa: E402 - needs the set-up above
from knowledge.retrieval import Scope, search  # noqa: E402 - needs the set-up above
from supportbot.measuring.scratch import Names, scratch, take_in  # noqa: E402 - needs the set-up above

SIGNS = ("nearness", "lead", "words", "coverage", "score", "foreign")
AT_ONCE = list(range(len(SIGNS)))
COSINE = len(SIGNS)  # the column of what the plain threshold looks at
BY_HAND = COSINE + 1  # the column of the log-odds that no fit moves
CLOSEST = BY_HAND + 1  # the column of what a closer look shows
CLOSER = [*AT_ONCE, CLOSEST]
PRODUCTS = ("emanual_s10", "plausible_headings", "anthropic_docs_qa", "covidfaq")
HELD_OUT = "mtrag_clapnq_fiqa"
ANSWERABLE = ("ANSWERABLE", "PARTIAL")
FAR_OFF = {"fit": "oos_train", "test": "oos_val"}
ABROAD = ("xquad_de_de", "xquad_es_es", "xquad_ar_ar", "xquad_zh_zh")  # of an encyclopedia, in no product's
STRENGTH = 1e-5  # of the penalty on large weights
Matrix = npt.NDArray[np.float64]
Rows = list[tuple[list[float], bool]]
Weights = tuple[Matrix, Matrix]


def signs_of(question: str, passages: Sequence[Passage]) -> list[float]:
    """Return what ``deciding`` looks at, the highest cosine, the log-odds set by hand, the closest sentence.

    Zeros where nothing was found.
    """
    if not passages:
        return [0.0] * (CLOSEST + 1)
    best = passages[: deciding.LOOKED_AT]
    looked = [max(getattr(passage, sign) for passage in best) for sign in SIGNS[:-2]]
    foreign = float(deciding.is_foreign(question, passages))
    dense = max(passage.dense for passage in passages)
    closest = max((one.closest for one in best if one.closest is not None), default=looked[0])
    return [*looked, passages[0].score, foreign, dense, deciding.by_hand(best), closest]


def asked(folder: Path, most: int) -> Iterator[tuple[list[float], bool]]:
    """Yield the signs of questions with their answer there (true) and hidden (false), evenly drawn."""
    wanted = load(folder)
    queries = [query for query in wanted.queries if wanted.relevant.get(query.id)]
    with scratch(folder, keep=True) as collection:
        names, _ = take_in(wanted.documents, collection)
        scope = Scope((collection.audience,), (collection.slug,))
        for query in tqdm(queries[:: max(len(queries) // most, 1)][:most], folder.name):
            yield signs_of(query.text, found(query.text, scope, query.history)), True
            hidden = found_without(query, scope, names, wanted.relevant[query.id])
            yield signs_of(query.text, hidden), False


def found(question: str, scope: Scope, history: Sequence[Turn] = ()) -> list[Passage]:
    """Return what the engine would decide by, looked at closely whether there is doubt or not."""
    earlier = earlier_questions(history)
    sought = with_what_it_leans_on(question, earlier, detect(question))
    return search(question, scope, earlier=earlier, doubts=partial(likeliest, sought))


def found_without(query: Query, scope: Scope, names: Names, grades: dict[str, int]) -> list[Passage]:
    """Return what is found while the documents that answer a question are hidden."""
    gold = [document for document, known in names.items() if any(grades.get(name) for name in known)]
    with transaction.atomic():
        Document.objects.filter(id__in=gold).update(is_published=False)
        passages = found(query.text, scope, query.history)
        transaction.set_rollback(True)
    return passages


def abroad(folder: Path, part: str, most: int) -> list[str]:
    """Return questions in other languages about none of the products, others for each part."""
    first = list(FAR_OFF).index(part)
    each = most // len(ABROAD)
    queries = (load(folder / "beir" / name).queries[first::2] for name in ABROAD)
    return [one.text for some in queries for one in some[:: max(len(some) // each, 1)][:each]]


def far_off(folder: Path, questions: Sequence[str]) -> Iterator[tuple[str, Rows]]:
    """Yield for each product the signs of questions that have nothing to do with it."""
    for name in PRODUCTS:
        with scratch(folder / "beir" / name, keep=True) as collection:
            scope = Scope((collection.audience,), (collection.slug,))
            rows = [(signs_of(text, found(text, scope)), False) for text in tqdm(questions, name)]
            yield name, rows


def judged(folder: Path) -> Rows:
    """Return the signs of MTRAG's questions, by whether people said that the documents answer them."""
    wanted = load(folder)
    labels = {row["id"]: row["answerability"] for row in map(json.loads, (folder / "queries.jsonl").open())}
    with scratch(folder, keep=True) as collection:
        take_in(wanted.documents, collection)
        scope = Scope((collection.audience,), (collection.slug,))
        chosen = [query for query in wanted.queries if labels[query.id] != "UNDERSPECIFIED"]
        return [
            (
                signs_of(query.text, found(query.text, scope, query.history)),
                labels[query.id] in ANSWERABLE,
            )
            for query in tqdm(chosen, folder.name)
        ]


def fit(sets: Sequence[Rows]) -> Weights:
    """Return the weights for passages as they were found, and for those that were looked at more closely."""
    return fit_to(sets, AT_ONCE), fit_to(sets, CLOSER)


def fit_to(sets: Sequence[Rows], columns: Sequence[int]) -> Matrix:
    """Return the weights of a logistic regression, the intercept last; each set and label counts alike."""
    shares = []
    for rows in sets:
        kinds = [label for _, label in rows]
        shares += [1 / max(kinds.count(label), 1) for label in kinds]
    signs = np.array([row for rows in sets for row, _ in rows])
    x = np.column_stack([signs[:, columns], np.ones(len(signs))])
    y = np.array([label for rows in sets for _, label in rows], float)
    share = np.array(shares) / sum(shares)
    weights = np.zeros(x.shape[1])
    for _ in range(50):  # Newton's method
        p = 1 / (1 + np.exp(-np.clip(x @ weights + signs[:, BY_HAND], -30, 30)))
        slope = x.T @ (share * (y - p)) - STRENGTH * weights
        bend = (x.T * (share * p * (1 - p))) @ x + STRENGTH * np.eye(len(weights))
        weights = weights + np.linalg.solve(bend, slope)
    return weights


def logits_of(signs: Matrix, weights: Weights) -> tuple[Matrix, Matrix]:
    """Return the log-odds as the product has them, and whether it took a closer look."""
    at_once, closer = (
        signs[:, columns] @ fitted[:-1] + fitted[-1] + signs[:, BY_HAND]
        for columns, fitted in zip((AT_ONCE, CLOSER), weights, strict=True)
    )
    threshold = np.log(deciding.ANSWER_FROM / (1 - deciding.ANSWER_FROM))
    doubted = np.abs(at_once - threshold) < deciding.DOUBT
    return np.where(doubted, closer, at_once), doubted


def row_of(name: str, rows: Rows, weights: Weights, threshold: float = deciding.ANSWER_FROM) -> str:
    """Return a line of the table: how well answerable and unanswerable are told apart."""
    x = np.array([signs for signs, _ in rows])
    labels = [label for _, label in rows]
    logits, doubted = logits_of(x, weights)
    p = 1 / (1 + np.exp(-logits))
    refused = p < threshold
    right = int((refused & ~np.array(labels)).sum())
    due, said = labels.count(False), int(refused.sum())
    f1 = 2 * right / max(due + said, 1)
    false = float((refused & np.array(labels)).sum() / max(labels.count(True), 1))
    always = 2 * due / (due + len(labels))
    ours, plain = auroc(p, labels), auroc(x[:, COSINE], labels)
    show = ["–" if value is None else f"{value:.3f}" for value in (ours, plain)]
    figures = [*show, *(f"{value:.3f}" for value in (f1, always, false)), f"{doubted.mean():.2f}"]
    return f"| {name} | {len(labels)} | {' | '.join(figures)} |"


def rounded(weights: Matrix) -> dict[str, float]:
    """Return weights by the names of their signs."""
    names = [*SIGNS, "closest"][: len(weights) - 1]
    return dict(zip((*names, "intercept"), (round(float(value), 3) for value in weights), strict=True))


def main() -> None:
    """Ask, fit with each left out, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=100, help="of each set, at most")
    parser.add_argument("--write", action="store_true", help="put the weights where the product reads them")
    options = parser.parse_args()
    folders = sorted(path.parent for path in (options.folder / "beir").glob("*/qrels.tsv"))
    near = {one.name: list(asked(one, options.questions)) for one in folders if one.name != HELD_OUT}
    most = options.questions
    far = dict(far_off(options.folder, strangers(options.folder, FAR_OFF["fit"])[:most]))
    further = dict(far_off(options.folder, abroad(options.folder, "fit", most)))
    there = [row for name, rows in near.items() for row in rows if row[1] and row[0][SIGNS.index("foreign")]]
    products = [[*far[name], *near[name]] for name in PRODUCTS]
    weights = fit([*near.values(), *products, *([*rows, *there] for rows in further.values())])
    at_once, closer = (rounded(fitted) for fitted in weights)
    print(at_once, closer, sep="\n")
    print(
        "| set | questions | AUROC | of the cosine | F1 of refusing | of refusing always | false refusals "
        "| looked at closer |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, rows in near.items():
        others = [*(near[key] for key in near if key != name), *(far[key] for key in far if key != name)]
        others += [[*rows, *there] for key, rows in further.items() if key != name]
        print(row_of(f"{name}, answer hidden, left out of the fit", rows, fit(others)))
    print(row_of(f"{HELD_OUT}, as people judged", judged(options.folder / "beir" / HELD_OUT), weights))
    for name, rows in far_off(options.folder, strangers(options.folder, FAR_OFF["test"])[:most]):
        held = [row for row in near[name] if row[1]]
        print(row_of(f"{name}, far off", [*rows, *held], weights))
    for name, rows in far_off(options.folder, abroad(options.folder, "test", most)):
        print(row_of(f"{name}, far off and abroad", [*rows, *there], weights))
    if options.write:
        path = Path(deciding.__file__).parent / "confidence.json"
        kept = json.loads(path.read_text("utf-8"))
        kept |= {"at_once": at_once, "closer": closer}
        path.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
