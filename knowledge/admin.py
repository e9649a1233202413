"""The engine room of knowledge: from rows to the stock admin, which looks but does not touch.

State changes only through the use cases (upload, retry, publish, delete), so everything
they own is read-only here; names and audiences of collections have a form.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from knowledge.models import (
    Act,
    ApiToken,
    Chunk,
    Collection,
    CuratedAnswer,
    CuratedQuestion,
    CuratedVector,
    Document,
    Edit,
    Embedding,
    EmbeddingSet,
    Finding,
    Heartbeat,
    LexemeStatistic,
    Source,
    SourcePage,
    SyncRun,
    Version,
)
from knowledge.staff.forms import CollectionForm
from knowledge.staff.read_only import ReadOnlyAdmin

if TYPE_CHECKING:  # generic for the type checker only
    FormAdmin = admin.ModelAdmin[Collection]
else:
    FormAdmin = admin.ModelAdmin


@admin.register(Collection)
class CollectionAdmin(FormAdmin):
    """Collections, editable by the same rules as in the staff area; never deleted from here."""

    form = CollectionForm
    list_display = ("name", "slug", "audience", "chunk_count", "is_scratch")
    list_filter = ("audience", "is_scratch")
    search_fields = ("name", "slug")
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: assistants refer to collections by slug."""
        return False


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Documents; the staff area is where they are worked on."""

    list_display = ("title", "collection", "audience", "language", "is_published", "created_at")
    list_filter = ("audience", "is_published", "collection")
    list_select_related = ("collection",)
    search_fields = ("title", "file_name")


@admin.register(Version)
class VersionAdmin(ReadOnlyAdmin):
    """Versions with their lease and attempt: where to look when a job hangs."""

    heavy = ("text", "blocks", "placements")
    exclude = heavy
    list_display = ("document", "number", "state", "stage", "attempt", "owner", "lease_until", "created_at")
    list_filter = ("state",)
    list_select_related = ("document",)
    search_fields = ("document__title", "sha256")
    ordering = ("-created_at",)


@admin.register(Chunk)
class ChunkAdmin(ReadOnlyAdmin):
    """Chunks as search sees them."""

    heavy = ("lexemes",)
    exclude = heavy
    list_display = ("document", "ordinal", "kind", "page", "language", "lexeme_count")
    list_filter = ("kind", "language")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        """Return chunks with their documents, without any text of versions."""
        rows = super().get_queryset(request).select_related("version__document")
        return rows.defer(*self.heavy, "version__text", "version__blocks", "version__placements")

    @admin.display(description="document")
    def document(self, chunk: Chunk) -> str:
        """Return the title of the chunk's document."""
        return chunk.version.document.title


@admin.register(EmbeddingSet)
class EmbeddingSetAdmin(ReadOnlyAdmin):
    """Embedding sets; one is active."""

    list_display = ("name", "dimensions", "is_active", "created_at")


@admin.register(Embedding)
class EmbeddingAdmin(ReadOnlyAdmin):
    """Embeddings, without the numbers."""

    heavy = ("vector",)
    exclude = heavy
    list_display = ("id", "chunk_id", "embedding_set")
    list_select_related = ("embedding_set",)
    ordering = ("-pk",)


@admin.register(LexemeStatistic)
class LexemeStatisticAdmin(ReadOnlyAdmin):
    """In how many chunks each lexeme occurs."""

    list_display = ("lexeme", "collection", "chunks")
    list_select_related = ("collection",)
    search_fields = ("lexeme__startswith",)
    ordering = ("lexeme",)


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """Signs of life of the processes."""

    list_display = ("process", "kind", "seen_at")
    ordering = ("-seen_at",)


@admin.register(CuratedAnswer)
class CuratedAnswerAdmin(ReadOnlyAdmin):
    """Curated answers; the staff area is where they are worked on."""

    list_display = ("text", "collection", "audience", "language", "is_enabled", "hits", "expires_on")
    list_filter = ("is_enabled", "audience")
    list_select_related = ("collection",)


@admin.register(CuratedQuestion)
class CuratedQuestionAdmin(ReadOnlyAdmin):
    """The wordings that curated answers answer."""

    list_display = ("text", "answer_id", "language")
    search_fields = ("text",)
    ordering = ("-pk",)


@admin.register(CuratedVector)
class CuratedVectorAdmin(ReadOnlyAdmin):
    """Vectors of curated questions, without the numbers."""

    heavy = ("vector",)
    exclude = heavy
    list_display = ("id", "question_id", "embedding_set")
    list_select_related = ("embedding_set",)
    ordering = ("-pk",)


@admin.register(Edit)
class EditAdmin(ReadOnlyAdmin):
    """Edits, whatever became of them."""

    list_display = ("document", "kind", "state", "made_by", "made_at")
    list_filter = ("kind", "state")
    list_select_related = ("document", "made_by")


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    """Findings, decided or not."""

    list_display = ("document", "kind", "state", "created_at", "decided_by")
    list_filter = ("kind", "state")
    list_select_related = ("document", "decided_by")


@admin.register(Act)
class ActAdmin(ReadOnlyAdmin):
    """Who did what, newest first."""

    list_display = ("at", "verb", "subject", "by")
    list_select_related = ("by",)
    search_fields = ("subject",)


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    """Sources; the staff area is where they are worked on."""

    list_display = ("name", "kind", "address", "schedule", "is_paused", "next_run_at")
    list_filter = ("kind", "schedule", "is_paused")


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    """Sync runs with their lease and attempt: where to look when one hangs."""

    list_display = ("source", "state", "stage", "attempt", "owner", "lease_until", "created_at")
    list_filter = ("state",)
    list_select_related = ("source",)


@admin.register(SourcePage)
class SourcePageAdmin(ReadOnlyAdmin):
    """Pages of sources and what was last found there."""

    list_display = ("address", "source", "state", "reason", "seen_at")
    list_filter = ("state",)
    list_select_related = ("source",)
    ordering = ("-pk",)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """API tokens, without anything that a secret could be checked against."""

    list_display = ("name", "shown", "owner", "scope", "created_at", "last_used_at", "revoked_at")
    list_filter = ("scope",)
    list_select_related = ("owner",)
    exclude = ("digest",)
