"""The engine room of chat: from rows to the stock admin, which looks but does not touch.

Conversations are evidence, so they are read-only; assistants have the form of the staff
area, and of a review only the note may be amended.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from chat import admin_people
from chat.models import (
    Answer,
    Assistant,
    Calibration,
    Citation,
    Conversation,
    EvaluationRun,
    Event,
    Feedback,
    GoldenQuestion,
    Message,
    RememberedAnswer,
    Review,
)
from chat.staff.assistant_forms import AssistantForm
from knowledge.staff.read_only import ReadOnlyAdmin

if TYPE_CHECKING:  # generic for the type checker only
    FormAdmin = admin.ModelAdmin[Assistant]
else:
    FormAdmin = admin.ModelAdmin


@admin.register(Assistant)
class AssistantAdmin(FormAdmin):
    """Assistants, editable by the same rules as in the staff area; switched off rather than deleted."""

    form = AssistantForm
    list_display = ("name", "key", "language", "is_active", "created_at")
    search_fields = ("name", "key")
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: conversations belong to the assistant."""
        return False


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    """Conversations, without the digest of the customer's secret."""

    exclude = ("token_sha256",)
    list_display = ("id", "assistant", "language", "head_seq", "created_at", "last_message_at")
    list_filter = ("assistant", "language")
    list_select_related = ("assistant",)


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """Messages, latest first."""

    list_display = ("__str__", "role", "outcome", "answerer", "conversation_id", "created_at")
    list_filter = ("role", "outcome")
    ordering = ("-created_at", "id")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The numbered facts of conversations."""

    list_display = ("seq", "kind", "conversation_id", "created_at")
    list_filter = ("kind",)
    ordering = ("-pk",)


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    """Answers in the making, with lease and attempt: where to look when an answer hangs."""

    heavy = ("evidence", "text")
    list_display = ("id", "state", "attempt", "owner", "lease_until", "created_at", "finished_at")
    list_filter = ("state",)
    ordering = ("-created_at", "id")


@admin.register(Citation)
class CitationAdmin(ReadOnlyAdmin):
    """What customers were shown as proof."""

    list_display = ("number", "title", "page", "message_id")
    search_fields = ("title",)
    ordering = ("-pk",)


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdmin):
    """Customers' thumbs."""

    list_display = ("helpful", "reason", "message_id", "updated_at")
    list_filter = ("helpful",)
    ordering = ("-pk",)


@admin.register(RememberedAnswer)
class RememberedAnswerAdmin(ReadOnlyAdmin):
    """Answers that are given again: where to look when one is given that should not be."""

    heavy = ("events", "vector")
    list_display = ("__str__", "uses", "is_disliked", "created_at")
    list_filter = ("is_disliked",)


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    """Staff's verdicts; the note may be amended."""

    list_display = ("verdict", "reviewer", "message_id", "updated_at")
    list_filter = ("verdict",)
    list_select_related = ("reviewer",)
    readonly_fields = ("message", "verdict", "better_answer", "reviewer", "created_at", "updated_at")
    ordering = ("-pk",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow what the user's rights allow."""
        return bool(admin.ModelAdmin.has_change_permission(self, request, obj))


@admin.register(GoldenQuestion)
class GoldenQuestionAdmin(ReadOnlyAdmin):
    """Questions with a known answer; the staff area edits them."""

    list_display = ("__str__", "expect", "language", "document", "is_active", "updated_at")
    list_filter = ("expect", "language", "is_active")


@admin.register(EvaluationRun)
class EvaluationRunAdmin(ReadOnlyAdmin):
    """Evaluation runs with lease and progress: where to look when one hangs."""

    heavy = ("wanted", "questions")
    list_display = ("__str__", "state", "done", "total", "owner", "lease_until", "created_at")
    list_filter = ("state",)


@admin.register(Calibration)
class CalibrationAdmin(ReadOnlyAdmin):
    """Who set from what confidence on to answer, and when."""

    list_display = ("created_at", "answer_from", "slope", "intercept", "fitted_on", "created_by")
    list_select_related = ("created_by",)


__all__ = ["AssistantAdmin", "admin_people"]
