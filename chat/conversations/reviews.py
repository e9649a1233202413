"""Reviews: what staff think of an answer, and what they would have said."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from chat.models import Message, Review


@dataclass(frozen=True, slots=True)
class ReviewDraft:
    """A verdict before it is stored."""

    verdict: str
    note: str = ""
    better_answer: str = ""


def record_review(message: Message, review: ReviewDraft, reviewer: User) -> Review:
    """Store staff's verdict on an answer; a later one replaces it."""
    stored, _ = Review.objects.update_or_create(
        message=message,
        defaults={
            "verdict": review.verdict,
            "note": review.note,
            "better_answer": review.better_answer,
            "reviewer": reviewer,
        },
    )
    return stored
