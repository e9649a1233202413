"""Languages: asked in one language over documents in another, and over documents in two.

    python -m bench.languages FOLDER [--languages de,es,ar,zh] [--questions 300] [--keep]

FOLDER holds XQuAD as retrieval sets: the same 240 paragraphs and the same questions, translated by
people. First table: MRR@10 of questions in each language over the English documents beside that of the
English questions over the same documents; and over their own. Second: nDCG@10 of a language's questions
over its documents, and after another language's were added to them, where the translation of the right
paragraph counts as wrong, and where it counts as right (whichever of the two comes first). Third: MRR@10
where the answer stands in one language only, among paragraphs about all other matters in the question's
own: those of the same article in that language are passed over. All
through the product's own ingestion and ``search``; ``--keep`` leaves the documents for the next run.
"""

import argparse
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from bench.ready import ready

services = ready()

from chat.learning.metrics import RankingFigures, rate  # noqa: E402 - needs the set-up above
from chat.learning.retrieval_sets import RetrievalSet, load  # noqa: E402 - needs the set-up above
from knowledge.models import Collection  # noqa: E402 - needs the set-up above
from knowledge.retrieval import Scope, search  # noqa: E402 - needs the set-up above
from supportbot.measuring.scratch import Names, scratch, take_in  # noqa: E402 - needs the set-up above

FIRST = "en"
DEPTH = 40
SEED = 7
WRONG, RIGHT = "translation is wrong", "translation is right"


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """The documents and questions of one language."""

    language: str
    wanted: RetrievalSet
    collection: Collection
    names: Names

    def named(self) -> dict[str, str]:
        """Return for each of our documents the paragraph it is, with its language."""
        return {str(document): f"{self.language}:{ids[0]}" for document, ids in self.names.items()}


def opened(folder: Path, language: str, keep: bool, stack: ExitStack) -> Shelf:
    """Return the documents of a language, taken in if nobody has."""
    place = folder / f"xquad_{language}_{language}"
    wanted = load(place)
    collection = stack.enter_context(scratch(place, keep))
    names, _ = take_in(wanted.documents, collection)
    return Shelf(language, wanted, collection, names)


@cache
def rankings(asking: Shelf, shelves: tuple[Shelf, ...], drawn: tuple[str, ...]) -> dict[str, list[str]]:
    """Return which paragraphs each drawn question finds on the shelves together, best first."""
    scope = Scope(collections=tuple(shelf.collection.slug for shelf in shelves))
    named = {document: name for shelf in shelves for document, name in shelf.named().items()}
    texts = {query.id: query.text for query in asking.wanted.queries}
    return {
        key: list(
            dict.fromkeys(named[str(passage.document_id)] for passage in search(texts[key], scope, DEPTH))
        )
        for key in drawn
    }


def rated(ranked: Mapping[str, Sequence[str]], asking: Shelf, target: str, other: str = "") -> RankingFigures:
    """Return how well the right paragraph in the target language was ranked.

    With another language given, its translation is as good: the first of both counts.
    """
    relevant, taken = {}, {}
    for key, ranking in ranked.items():
        grades = asking.wanted.relevant[key]
        relevant[key] = {f"{target}:{name}": grade for name, grade in grades.items()}
        same = {f"{other}:{name}": f"{target}:{name}" for name in grades} if other else {}
        taken[key] = list(dict.fromkeys(same.get(name, name) for name in ranking))
    return rate(taken, relevant)


def across(shelves: Mapping[str, Shelf], drawn: tuple[str, ...]) -> None:
    """Print how well each language finds its own documents and the English ones."""
    first = shelves[FIRST]
    base = rated(rankings(first, (first,), drawn), first, FIRST)
    print("| asked in | documents in | hit@1 | hit@5 | ndcg@10 | mrr@10 | mrr@10 less than English |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for language, shelf in shelves.items():
        for target in dict.fromkeys((shelf, first)):
            figures = rated(rankings(shelf, (target,), drawn), shelf, target.language)
            less = f"{base.mrr_10 - figures.mrr_10:.4f}" if target is first else "–"
            print(
                f"| {language} | {target.language} | {figures.hit_1:.4f} | {figures.hit_5:.4f} "
                f"| {figures.ndcg_10:.4f} | {figures.mrr_10:.4f} | {less} |",
                flush=True,
            )


def added(asking: Shelf, other: Shelf, drawn: tuple[str, ...]) -> None:
    """Print what adding the documents of another language does to the questions of the first."""
    before = rated(rankings(asking, (asking,), drawn), asking, asking.language)
    ranked = rankings(asking, (asking, other), drawn)
    for way, translation in ((WRONG, ""), (RIGHT, other.language)):
        after = rated(ranked, asking, asking.language, translation)
        change, first = after.ndcg_10 - before.ndcg_10, after.hit_1 - before.hit_1
        print(
            f"| {asking.language} | {asking.language} + {other.language} | {way} | {before.ndcg_10:.4f} "
            f"| {after.ndcg_10:.4f} | {change:+.4f} | {first:+.4f} |",
            flush=True,
        )


def among(asking: Shelf, other: Shelf, drawn: tuple[str, ...]) -> None:
    """Print how well a paragraph is found among those in the question's own language about other matters."""
    alone = rated(rankings(asking, (other,), drawn), asking, other.language)
    matter = {document.id: document.title for document in asking.wanted.documents}
    left = {}
    for key, ranking in rankings(asking, (asking, other), drawn).items():
        same = {matter[name] for name in asking.wanted.relevant[key]}
        own = {f"{asking.language}:{name}" for name, title in matter.items() if title in same}
        left[key] = [name for name in ranking if name not in own]
    mixed = rated(left, asking, other.language)
    print(
        f"| {asking.language} | {other.language} | {alone.mrr_10:.4f} | {mixed.mrr_10:.4f} "
        f"| {mixed.hit_1:.4f} | {mixed.hit_5:.4f} |",
        flush=True,
    )


def main() -> None:
    """Measure on the folder given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--languages", default="de,es,ar,zh")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--keep", action="store_true", help="keep what was ingested for the next run")
    options = parser.parse_args()
    with ExitStack() as stack:
        shelves = {
            language: opened(options.folder, language, options.keep, stack)
            for language in (FIRST, *options.languages.split(","))
        }
        keys = sorted(query.id for query in shelves[FIRST].wanted.queries)
        drawn = tuple(Random(SEED).sample(keys, min(options.questions, len(keys))))  # noqa: S311 - repeats
        print(f"{len(drawn)} questions\n")
        across(shelves, drawn)
        print("\n| asked in | documents in | counted | ndcg@10 before | after | change | change of hit@1 |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for shelf in [shelf for language, shelf in shelves.items() if language != FIRST]:
            added(shelves[FIRST], shelf, drawn)
            added(shelf, shelves[FIRST], drawn)
        print("\n| asked in | answer in | mrr@10 alone | among others in its own | hit@1 | hit@5 |")
        print("| --- | --- | --- | --- | --- | --- |")
        for shelf in [shelf for language, shelf in shelves.items() if language != FIRST]:
            among(shelf, shelves[FIRST], drawn)
            among(shelves[FIRST], shelf, drawn)


if __name__ == "__main__":
    main()
