"""Keeping: golden questions in the database, taken in from files and from conversations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from chat.conversations.turns import history_before
from chat.learning.golden import BadGolden, Golden, golden_of, read, write
from chat.models import Assistant, GoldenQuestion, Message, Verdict

MOST = 5000  # questions of one file


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    added: int
    changed: int
    unchanged: int


def value_of(row: GoldenQuestion) -> Golden:
    """Return a stored question as a value."""
    record: dict[str, Any] = {
        "question": row.question,
        "language": row.language,
        "expect": row.expect,
        "document": row.document,
        "page": row.page,
        "audience": row.audience,
        "assistant": row.assistant.key if row.assistant else "",
        "note": row.note,
    }
    lists = {name: getattr(row, name) for name in ("contains", "never", "also", "history", "collections")}
    return golden_of({**record, **lists})


def active_questions() -> list[Golden]:
    """Return the golden questions that runs ask, oldest first."""
    rows = GoldenQuestion.objects.filter(is_active=True).select_related("assistant").order_by("id")
    return [value_of(row) for row in rows]


def exported() -> str:
    """Return all golden questions of the installation as a file."""
    rows = GoldenQuestion.objects.select_related("assistant").order_by("id")
    return write(value_of(row) for row in rows)


def take_in(text: str, by: User | None) -> Imported:
    """Add the questions of a file; one that is known is changed. All or nothing.

    Raises:
        BadGolden: A question cannot be, names an assistant that is not there, or there are too many.
    """
    questions = read(text)
    if len(questions) > MOST:
        raise BadGolden(f"The file has {len(questions)} questions; {MOST} are the most: split it.")
    assistants = {assistant.key: assistant for assistant in Assistant.objects.all()}
    unknown = sorted({golden.assistant for golden in questions} - {"", *assistants})
    if unknown:
        raise BadGolden(f"There is no assistant “{unknown[0]}”: add it, or take the name away.")
    with transaction.atomic():
        known = {value_of(row).key: row for row in GoldenQuestion.objects.select_related("assistant")}
        done = [_stored(golden, known.get(golden.key), assistants, by) for golden in questions]
    return Imported(done.count("added"), done.count("changed"), done.count("unchanged"))


def _stored(
    golden: Golden, known: GoldenQuestion | None, assistants: dict[str, Assistant], by: User | None
) -> str:
    if known is not None and value_of(known) == golden:
        return "unchanged"
    row = known or GoldenQuestion(created_by=by)
    for name in ("question", "language", "expect", "document", "page", "audience", "note"):
        setattr(row, name, getattr(golden, name))
    for name in ("contains", "never", "collections"):
        setattr(row, name, list(getattr(golden, name)))
    row.also = dict(golden.also)
    row.history = golden.record().get("history", [])
    row.assistant = assistants.get(golden.assistant)
    row.save()
    return "changed" if known else "added"


def from_answer(reply: Message) -> GoldenQuestion:
    """Return a golden question, not saved, made of an answer and what staff thought of it.

    A review that says so makes it one to decline; otherwise its first citation is the place.
    """
    asked = reply.answered_by.question
    review = getattr(reply, "review", None)
    declines = review is not None and review.verdict == Verdict.SHOULD_DECLINE
    cited = None if declines else reply.citations.exclude(document_id=None).order_by("number").first()
    right = review is not None and review.verdict == Verdict.CORRECT
    conversation = reply.conversation
    turns: Sequence[Any] = history_before(asked)
    return GoldenQuestion(
        question=asked.text,
        language=conversation.language,
        expect="decline" if declines else "answer",
        document=str(cited.document_id) if cited and cited.document_id else "",
        page=cited.page if cited else None,
        contains=[" ".join(cited.quote.split())[:200]] if cited and right else [],
        history=[{"question": turn.question, "answer": turn.reply} for turn in turns],
        assistant=conversation.assistant,
        note=review.note if review else "",
    )
