"""Deciding: when to answer, learned from questions whose answer is there and then taken away.

    python -m bench.deciding FOLDER [--questions 100] [--write]

FOLDER holds ``beir`` with retrieval sets and ``clinc150``. Each question is asked twice through the
product's own search: as it is, and with the documents that answer it hidden (a near miss). Questions out
of scope of CLINC150 are asked of the sets about products (far off). A logistic regression on what speaks
for the passages is fitted with each set left out in turn; MTRAG's own unanswerable questions take no part
in any fit. Beside it stand the plain cosine and refusing always. ``--write`` puts the weights where the
product reads them. Uses the data folder of the environment.
"""

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import django
import numpy as np
import numpy.typing as npt

from supportbot.embedded.environment import prepare_environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportbot.settings")
services = prepare_environment()
django.setup()

from django.db import transaction  # noqa: E402 - needs the set-up above
from tqdm import tqdm  # noqa: E402 - needs the set-up above

from bench.questions import strangers  # noqa: E402 - needs the set-up above
from chat.answering import deciding  # noqa: E402 - needs the set-up above
from chat.answering.rewriting import earlier_questions  # noqa: E402 - needs the set-up above
from chat.learning.fitting import auroc  # noqa: E402 - needs the set-up above
from chat.learning.retrieval_sets import Query, load  # noqa: E402 - needs the set-up above
from knowledge.models import Document  # noqa: E402 - needs the set-up above
from knowledge.passages import Passage  # noqa: E402 - needs the set-up above
from knowledge.retrieval import Scope, search  # noqa: E402 - needs the set-up above
from supportbot.measuring.scratch import Names, scratch, take_in  # noqa: E402 - needs the set-up above

SIGNS = ("nearness", "lead", "words", "coverage", "score", "foreign")
COSINE = len(SIGNS)  # the column of what the plain threshold looks at
PRODUCTS = ("emanual_s10", "plausible_headings", "anthropic_docs_qa", "covidfaq")
HELD_OUT = "mtrag_clapnq_fiqa"
ANSWERABLE = ("ANSWERABLE", "PARTIAL")
FAR_OFF = {"fit": "oos_train", "test": "oos_val"}
STRENGTH = 1e-5  # of the penalty on large weights
Matrix = npt.NDArray[np.float64]
Rows = list[tuple[list[float], bool]]


def signs_of(question: str, passages: Sequence[Passage]) -> list[float]:
    """Return what ``deciding`` looks at, then the highest cosine; zeros where nothing was found."""
    if not passages:
        return [0.0] * (COSINE + 1)
    best = passages[: deciding.LOOKED_AT]
    looked = [max(getattr(passage, sign) for passage in best) for sign in SIGNS[:-2]]
    foreign = float(deciding.is_foreign(question, passages))
    return [*looked, passages[0].score, foreign, max(passage.dense for passage in passages)]


def asked(folder: Path, most: int) -> Iterator[tuple[list[float], bool]]:
    """Yield the signs of questions with their answer there (true) and hidden (false), evenly drawn."""
    wanted = load(folder)
    queries = [query for query in wanted.queries if wanted.relevant.get(query.id)]
    with scratch(folder, keep=True) as collection:
        names, _ = take_in(wanted.documents, collection)
        scope = Scope((collection.audience,), (collection.slug,))
        for query in tqdm(queries[:: max(len(queries) // most, 1)][:most], folder.name):
            yield signs_of(query.text, found(query, scope)), True
            hidden = found_without(query, scope, names, wanted.relevant[query.id])
            yield signs_of(query.text, hidden), False


def found(query: Query, scope: Scope) -> list[Passage]:
    """Return what the engine would decide by."""
    return search(query.text, scope, earlier=earlier_questions(query.history))


def found_without(query: Query, scope: Scope, names: Names, grades: dict[str, int]) -> list[Passage]:
    """Return what is found while the documents that answer a question are hidden."""
    gold = [document for document, known in names.items() if any(grades.get(name) for name in known)]
    with transaction.atomic():
        Document.objects.filter(id__in=gold).update(is_published=False)
        passages = found(query, scope)
        transaction.set_rollback(True)
    return passages


def far_off(folder: Path, part: str, most: int) -> Iterator[tuple[str, Rows]]:
    """Yield for each product the signs of questions that have nothing to do with it."""
    questions = strangers(folder, FAR_OFF[part])[:most]
    for name in PRODUCTS:
        with scratch(folder / "beir" / name, keep=True) as collection:
            scope = Scope((collection.audience,), (collection.slug,))
            rows = [(signs_of(text, search(text, scope)), False) for text in tqdm(questions, name)]
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
            (signs_of(query.text, found(query, scope)), labels[query.id] in ANSWERABLE)
            for query in tqdm(chosen, folder.name)
        ]


def fit(sets: Sequence[Rows]) -> Matrix:
    """Return the weights of a logistic regression, the intercept last; each set and label counts alike."""
    shares = []
    for rows in sets:
        kinds = [label for _, label in rows]
        shares += [1 / max(kinds.count(label), 1) for label in kinds]
    x = np.array([[*signs[:COSINE], 1.0] for rows in sets for signs, _ in rows])
    y = np.array([label for rows in sets for _, label in rows], float)
    share = np.array(shares) / sum(shares)
    weights = np.zeros(x.shape[1])
    for _ in range(50):  # Newton's method
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (share * (y - p)) - STRENGTH * weights
        bend = (x.T * (share * p * (1 - p))) @ x + STRENGTH * np.eye(len(weights))
        weights = weights + np.linalg.solve(bend, slope)
    return weights


def row_of(name: str, rows: Rows, weights: Matrix, threshold: float = deciding.ANSWER_FROM) -> str:
    """Return a line of the table: how well answerable and unanswerable are told apart."""
    x = np.array([signs for signs, _ in rows])
    labels = [label for _, label in rows]
    p = 1 / (1 + np.exp(-(x[:, :COSINE] @ weights[:-1] + weights[-1])))
    refused = p < threshold
    right = int((refused & ~np.array(labels)).sum())
    due, said = labels.count(False), int(refused.sum())
    f1 = 2 * right / max(due + said, 1)
    false = float((refused & np.array(labels)).sum() / max(labels.count(True), 1))
    always = 2 * due / (due + len(labels))
    ours, plain = auroc(p, labels), auroc(x[:, COSINE], labels)
    show = ["–" if value is None else f"{value:.3f}" for value in (ours, plain)]
    return f"| {name} | {len(labels)} | {show[0]} | {show[1]} | {f1:.3f} | {always:.3f} | {false:.3f} |"


def main() -> None:
    """Ask, fit with each left out, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=100, help="of each set, at most")
    parser.add_argument("--write", action="store_true", help="put the weights where the product reads them")
    options = parser.parse_args()
    folders = sorted(path.parent for path in (options.folder / "beir").glob("*/qrels.tsv"))
    near = {one.name: list(asked(one, options.questions)) for one in folders if one.name != HELD_OUT}
    far = dict(far_off(options.folder, "fit", options.questions))
    weights = fit([*near.values(), *([*far[name], *near[name]] for name in PRODUCTS)])
    print(dict(zip((*SIGNS, "intercept"), np.round(weights, 3), strict=True)))
    print(
        "| set | questions | AUROC | of the cosine | F1 of refusing | of refusing always | false refusals |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, rows in near.items():
        others = [*(near[key] for key in near if key != name), *(far[key] for key in far if key != name)]
        print(row_of(f"{name}, answer hidden, left out of the fit", rows, fit(others)))
    print(row_of(f"{HELD_OUT}, as people judged", judged(options.folder / "beir" / HELD_OUT), weights))
    for name, rows in far_off(options.folder, "test", options.questions):
        there = [row for row in near[name] if row[1]]
        print(row_of(f"{name}, far off", [*rows, *there], weights))
    if options.write:
        path = Path(deciding.__file__).parent / "confidence.json"
        kept = json.loads(path.read_text("utf-8"))
        kept |= dict(zip((*SIGNS, "intercept"), (round(float(value), 3) for value in weights), strict=True))
        path.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
