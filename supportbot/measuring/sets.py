"""Sets: every question of a retrieval set asked, and how well it was answered, refused and ranked."""

import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from chat.answering.deciding import Calibration, decide
from chat.answering.rewriting import earlier_questions
from chat.learning.metrics import RankingFigures, percentile, rate
from chat.learning.places import says
from chat.learning.refusing import always_refusing, is_answerable, rate_refusals
from chat.learning.retrieval_sets import Query, RetrievalSet, load
from chat.realtime.engines import PASSAGES, looked_up
from knowledge.language import detect
from knowledge.models import Collection
from knowledge.passages import Passage
from knowledge.querysets import languages_of
from knowledge.retrieval import Scope
from knowledge.sentences import sentences
from supportbot.measuring.baselines import Baselines
from supportbot.measuring.quoting import quoted
from supportbot.measuring.scratch import Names, remove, scratch, take_in

DEPTH = 40  # passages per question, so that ten documents remain when many passages share one
HISTORIES = ("engine", "last", "joined")
KEPT = 50  # documents of a ranking


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a set is measured: what is kept, what it is compared with, what is made of earlier turns."""

    keep: bool = False
    fresh: bool = False
    baselines: bool = False
    history: str = "engine"


@dataclass(slots=True)
class Replies:
    """What was found for each question of a set, in the order of the questions."""

    rankings: dict[str, list[str]] = field(default_factory=dict)
    plain: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    confidences: list[float] = field(default_factory=list)
    cosines: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    held: dict[str, list[bool]] = field(default_factory=dict)


def measure(folder: Path, wishes: Wishes) -> tuple[dict[str, Any], Replies, list[str]]:
    """Return the report of a set, every ranking, and a sentence for each document that failed.

    Raises:
        BadSet: The folder is no retrieval set.
    """
    wanted = load(folder)
    if wishes.keep and wishes.fresh:
        with scratch(folder, keep=True) as old:
            remove(old)
    with scratch(folder, wishes.keep) as collection:
        begun = time.monotonic()
        names, failures = take_in(wanted.documents, collection)
        ingested = time.monotonic() - begun
        collection.refresh_from_db()
        replies = _ask(wanted, collection, names, wishes)
        report = {
            "set": folder.resolve().name,
            "documents": len(names),
            "chunks": collection.chunk_count,
            "ingest_seconds": round(ingested, 1),
            **rounded(rate(replies.rankings, wanted.relevant)),
            "p50_ms": round(percentile(replies.milliseconds, 0.5), 1),
            "p95_ms": round(percentile(replies.milliseconds, 0.95), 1),
        }
    return report | _details(wanted, replies), replies, failures


def asked_as(query: Query, history: str) -> tuple[str, tuple[str, ...]]:
    """Return what is searched for: as the engine does it, the last turn alone, or the last three joined."""
    if history == "last":
        return query.text, ()
    if history == "joined":
        return " ".join([*(turn.question for turn in query.history[-2:]), query.text]), ()
    return query.text, earlier_questions(query.history)


def rounded(figures: RankingFigures) -> dict[str, Any]:
    """Return the figures of rankings under the names that reports use."""
    return {
        "questions": figures.questions,
        "hit@1": round(figures.hit_1, 4),
        "hit@5": round(figures.hit_5, 4),
        "ndcg@10": round(figures.ndcg_10, 4),
        "mrr@10": round(figures.mrr_10, 4),
    }


def _ask(wanted: RetrievalSet, collection: Collection, names: Names, wishes: Wishes) -> Replies:
    scope = Scope(audiences=(collection.audience,), collections=(collection.slug,))
    plain = Baselines(collection, names) if wishes.baselines else None
    languages = languages_of([collection.pk])
    replies = Replies()
    for query in tqdm(wanted.queries, "asking", disable=not sys.stderr.isatty()):
        question, earlier = asked_as(query, wishes.history)
        begun = time.perf_counter()
        passages = looked_up(question, scope, Calibration(), earlier, DEPTH)
        replies.milliseconds.append(1000 * (time.perf_counter() - begun))
        found = (name for passage in passages for name in names[passage.document_id])
        replies.rankings[query.id] = list(dict.fromkeys(found))[:KEPT]
        given = passages[:PASSAGES]
        replies.confidences.append(decide(question, given, Calibration()).confidence)
        replies.cosines.append(max((passage.dense for passage in passages), default=0.0))
        _hold(replies, query, question, given)
        if plain is not None:
            spoken = dict.fromkeys([detect(question), *languages])
            for name, ranking in plain.rankings(question, list(spoken)).items():
                replies.plain.setdefault(name, {})[query.id] = ranking[:KEPT]
    return replies


def _hold(replies: Replies, query: Query, question: str, passages: Sequence[Passage]) -> None:
    """Note whether an answer of the set stands in what we quote, and in the plainest answers beside it."""
    if not query.answers:
        return
    text = quoted(question, passages) if passages else ""
    first = passages[0].text if passages else ""
    spans = sentences(first, passages[0].language) if passages else []
    sentence = first[spans[0][0] : spans[0][1]] if spans else ""
    for name, said in (("quoted", text), ("first passage", first), ("first sentence", sentence)):
        held = any(says(said, [answer]) for answer in query.answers)
        replies.held.setdefault(name, []).append(held)


def _details(wanted: RetrievalSet, replies: Replies) -> dict[str, Any]:
    details: dict[str, Any] = {"languages": _by_language(wanted, replies)}
    if replies.plain:
        details["baselines"] = {
            name: rounded(rate(rankings, wanted.relevant)) for name, rankings in replies.plain.items()
        }
    if replies.held:
        details["containment"] = {
            name: round(sum(held) / len(held), 4) for name, held in replies.held.items()
        }
    answerable = [is_answerable(query, wanted.relevant) for query in wanted.queries]
    if not all(answerable) and any(answerable):
        details["refusal"] = _refusal(wanted, replies, answerable)
    return details


def _by_language(wanted: RetrievalSet, replies: Replies) -> dict[str, Any]:
    spoken: dict[str, list[str]] = {}
    for query in wanted.queries:
        spoken.setdefault(query.language or detect(query.text), []).append(query.id)
    groups = {
        language: {key: wanted.relevant[key] for key in keys if key in wanted.relevant}
        for language, keys in sorted(spoken.items())
    }
    return {name: rounded(rate(replies.rankings, relevant)) for name, relevant in groups.items() if relevant}


def _refusal(wanted: RetrievalSet, replies: Replies, answerable: Sequence[bool]) -> dict[str, Any]:
    ours = rate_refusals(replies.confidences, answerable, Calibration().answer_from)
    cosine = rate_refusals(replies.cosines, answerable)
    labels = {query.label for query, held in zip(wanted.queries, answerable, strict=True) if not held}
    areas = {}
    for label in sorted(labels - {""}):
        among = [
            (score, held)
            for query, score, held in zip(wanted.queries, replies.confidences, answerable, strict=True)
            if held or query.label == label
        ]
        areas[label] = rate_refusals([score for score, _ in among], [held for _, held in among]).auroc
    found = {
        "answerable": sum(answerable),
        "unanswerable": len(answerable) - sum(answerable),
        **asdict(ours),
        "always_refuse_f1": always_refusing(answerable),
        "cosine_auroc": cosine.auroc,
        "cosine_best_f1": cosine.best_f1,
    }
    rates = {name: round(value, 4) if isinstance(value, float) else value for name, value in found.items()}
    return rates | {"auroc_by_label": {name: round(area or 0.0, 4) for name, area in areas.items()}}
