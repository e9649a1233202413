"""The engine room of people: handoffs, mail, identities and bans, to look at and not to touch."""

from django.contrib import admin

from chat.models import (
    Attachment,
    Ban,
    CannedReply,
    ConversationSecret,
    Customer,
    Handoff,
    IdentitySecret,
    IncomingMail,
    Note,
    OutgoingMail,
    PendingReply,
    SpentIdentity,
    StaffPresence,
)
from knowledge.staff.read_only import ReadOnlyAdmin


@admin.register(Handoff)
class HandoffAdmin(ReadOnlyAdmin):
    """Episodes in which staff had a conversation."""

    list_display = ("conversation_id", "reason", "requested_at", "joined_at", "joined_by", "ended_at", "end")
    list_filter = ("reason", "end")
    list_select_related = ("joined_by",)


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin):
    """What staff told each other."""

    list_display = ("__str__", "author", "conversation_id", "created_at")
    list_select_related = ("author",)


@admin.register(PendingReply)
class PendingReplyAdmin(ReadOnlyAdmin):
    """Replies that can still be taken back: where to look when one does not go out."""

    list_display = ("__str__", "author", "conversation_id", "due_at")
    list_select_related = ("author",)


@admin.register(CannedReply)
class CannedReplyAdmin(ReadOnlyAdmin):
    """Words that staff use again and again."""

    list_display = ("shortcut", "assistant", "uses")
    list_select_related = ("assistant",)


@admin.register(StaffPresence)
class StaffPresenceAdmin(ReadOnlyAdmin):
    """Who of staff was here last."""

    list_display = ("staff", "is_available", "seen_at")
    list_select_related = ("staff",)


@admin.register(Ban)
class BanAdmin(ReadOnlyAdmin):
    """Words and visitors that are not answered."""

    list_display = ("kind", "value", "assistant", "until", "created_by")
    list_filter = ("kind",)
    list_select_related = ("assistant", "created_by")


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """Files that customers and staff gave each other."""

    list_display = ("name", "media_type", "size", "conversation_id", "created_at")
    list_filter = ("media_type",)


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    """Customers whom a website vouched for."""

    list_display = ("external_id", "name", "assistant", "seen_at")
    search_fields = ("external_id", "name")
    list_select_related = ("assistant",)


@admin.register(IdentitySecret)
class IdentitySecretAdmin(ReadOnlyAdmin):
    """Secrets of websites, without what they are derived from."""

    exclude = ("salt",)
    list_display = ("number", "assistant", "created_at", "retired_at")
    list_select_related = ("assistant",)


@admin.register(SpentIdentity)
class SpentIdentityAdmin(ReadOnlyAdmin):
    """Signed identities that were used, without the digest of the customer's secret."""

    exclude = ("token_sha256",)
    list_display = ("jti", "assistant", "customer", "expires_at")
    list_select_related = ("assistant", "customer")


@admin.register(ConversationSecret)
class ConversationSecretAdmin(ReadOnlyAdmin):
    """Second secrets of conversations, without their digests."""

    exclude = ("token_sha256",)
    list_display = ("conversation_id", "created_at")


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """Mail to send: where to look when one did not arrive."""

    list_display = ("kind", "to", "state", "attempt", "due_at", "sent_at")
    list_filter = ("state", "kind")


@admin.register(IncomingMail)
class IncomingMailAdmin(ReadOnlyAdmin):
    """Mail that came in, and why it led nowhere."""

    list_display = ("__str__", "sender", "recipient", "conversation_id", "reason", "created_at")
