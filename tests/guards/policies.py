"""Policies: who may use each route, socket and frame. A new one without a row here fails a test.

PUBLIC: anybody, signed in or not. STAFF: active accounts with ``is_staff``; others are sent to the login page
or refused. The stock admin also asks for the permission of each model, so that in fact superusers use it.
TOKEN: programs with a living API token of active staff, within its scope; nothing else lets them in, a
session least of all (tests/knowledge/api/test_api_access.py walks these).
"""

from typing import Any

PUBLIC, STAFF, TOKEN = "public", "staff", "token"
# CUSTOMER: whoever brings a customer's secret as a bearer, for what is in that conversation only; no session
# lets anybody in. POST OFFICE: the mail server that knows MAIL_WEBHOOK_SECRET.
CUSTOMER, POST_OFFICE = "customer", "post office"

ROUTES = {
    "healthz": PUBLIC,  # lives; asks nothing
    "readyz": PUBLIC,  # names of services and whether they are well, no details
    "login": PUBLIC,
    "logout": PUBLIC,  # POST only
    "reader": PUBLIC,  # the view itself hides what is not public or not published
    "widget:home": PUBLIC,
    "widget:loader": PUBLIC,
    "widget:file": PUBLIC,  # scripts and styles of the chat
    "widget:frame": PUBLIC,  # embedding is decided by frame-ancestors
    "widget:attachment-new": CUSTOMER,
    "widget:attachment": CUSTOMER,
    "mail:inbound": POST_OFFICE,
    "staff:mails": STAFF,
    "staff:mails-incoming": STAFF,
    "staff:mail-retry": STAFF,
    "staff:mail-cancel": STAFF,
    "staff:attachment": STAFF,
    "staff:home": PUBLIC,  # only leads to staff:documents
    "staff:documents": STAFF,
    "staff:progress": STAFF,
    "staff:bulk": STAFF,
    "staff:upload": STAFF,
    "staff:document": STAFF,
    "staff:retry": STAFF,
    "staff:cancel": STAFF,
    "staff:publish": STAFF,
    "staff:unpublish": STAFF,
    "staff:delete": STAFF,
    "staff:collections": STAFF,
    "staff:collection-new": STAFF,
    "staff:collection": STAFF,
    "staff:sources": STAFF,
    "staff:source-new": STAFF,
    "staff:source": STAFF,
    "staff:source-edit": STAFF,
    "staff:source-sync": STAFF,
    "staff:source-cancel": STAFF,
    "staff:source-pause": STAFF,
    "staff:source-resume": STAFF,
    "staff:source-remove": STAFF,
    "staff:source-runs": STAFF,
    "staff:source-run": STAFF,
    "staff:source-again": STAFF,
    "staff:storage": STAFF,
    "staff:set-new": STAFF,
    "staff:set-act": STAFF,
    "staff:history": STAFF,
    "staff:tokens": STAFF,  # one's own, for superusers all
    "staff:token-new": STAFF,
    "staff:token-revoke": STAFF,
    "staff:particulars": STAFF,
    "staff:compare": STAFF,
    "staff:roll-back": STAFF,
    "staff:chunk-text": STAFF,
    "staff:chunk-add": STAFF,
    "staff:chunk-split": STAFF,
    "staff:chunk-merge": STAFF,
    "staff:chunk-disable": STAFF,
    "staff:edit-undo": STAFF,
    "staff:conflict-keep": STAFF,
    "staff:conflict-source": STAFF,
    "staff:findings": STAFF,
    "staff:finding-decide": STAFF,
    "staff:finding-hold": STAFF,
    "staff:curated": STAFF,
    "staff:curated-new": STAFF,
    "staff:curated-import": STAFF,
    "staff:curated-export": STAFF,
    "staff:curated-edit": STAFF,
    "staff:curated-delete": STAFF,
    "staff:curated-enable": STAFF,
    "staff:curated-disable": STAFF,
    "staff:curated-confirm": STAFF,
    "api:openapi-json": PUBLIC,  # the schema, which is in the repository too
    "api:api-root": PUBLIC,  # nothing is there
    "api:no_route": TOKEN,
    "api:list_collections": TOKEN,
    "api:make_collection": TOKEN,
    "api:show_collection": TOKEN,
    "api:list_documents": TOKEN,
    "api:send_document": TOKEN,
    "api:send_text": TOKEN,
    "api:show_document": TOKEN,
    "api:revise_document": TOKEN,
    "api:remove_document": TOKEN,
    "api:list_versions": TOKEN,
    "api:send_version": TOKEN,
    "api:list_chunks": TOKEN,
    "api:send_archive": TOKEN,
    "api:publish_document": TOKEN,
    "api:unpublish_document": TOKEN,
    "api:retry_document": TOKEN,
    "api:cancel_document": TOKEN,
    "api:roll_back_document": TOKEN,
    "api:list_sources": TOKEN,
    "api:add_source": TOKEN,
    "api:show_source": TOKEN,
    "api:revise_source": TOKEN,
    "api:remove_source": TOKEN,
    "api:sync_source": TOKEN,
    "api:cancel_sync": TOKEN,
    "api:pause_source": TOKEN,
    "api:resume_source": TOKEN,
    "api:list_runs": TOKEN,
    "api:show_run": TOKEN,
    "api:list_pages": TOKEN,
    "api:list_curated": TOKEN,
    "api:add_curated": TOKEN,
    "api:show_curated": TOKEN,
    "api:change_curated": TOKEN,
    "api:remove_curated": TOKEN,
    "api:confirm_curated": TOKEN,
    "api:list_embedding_sets": TOKEN,
    "api:search_passages": TOKEN,
    "api:search_with_history": TOKEN,
    "api:answer_question": TOKEN,
    "api:show_status": TOKEN,
    "mcp": TOKEN,
    "staff:conversations": STAFF,
    "staff:conversation": STAFF,
    "staff:review": STAFF,
    "staff:cited": STAFF,
    "staff:golden": STAFF,
    "staff:golden-new": STAFF,
    "staff:golden-import": STAFF,
    "staff:golden-export": STAFF,
    "staff:golden-edit": STAFF,
    "staff:golden-delete": STAFF,
    "staff:evaluations": STAFF,
    "staff:evaluation-start": STAFF,
    "staff:evaluation": STAFF,
    "staff:evaluation-cancel": STAFF,
    "staff:evaluation-retry": STAFF,
    "staff:confidence": STAFF,
    "staff:assistants": STAFF,
    "staff:assistant-new": STAFF,
    "staff:assistant": STAFF,
    "staff:assistant-limits": STAFF,
    "staff:assistant-looks": STAFF,
    "staff:assistant-people": STAFF,
    "staff:assistant-try": STAFF,
    "staff:identity": STAFF,
    "staff:identity-new": STAFF,
    "staff:identity-retire": STAFF,
    "staff:bans": STAFF,
    "staff:ban-new": STAFF,
    "staff:ban-lift": STAFF,
    "staff:inbox": STAFF,
    "staff:inbox-rows": STAFF,
    "staff:inbox-available": STAFF,
    "staff:canned": STAFF,
    "staff:canned-new": STAFF,
    "staff:canned-edit": STAFF,
    "staff:canned-delete": STAFF,
    "staff:inbox-undo": STAFF,
    "staff:inbox-conversation": STAFF,
    "staff:inbox-news": STAFF,
    "staff:inbox-canned": STAFF,
    "staff:inbox-reply": STAFF,
    "staff:inbox-note": STAFF,
    "staff:inbox-draft": STAFF,
    "staff:inbox-join": STAFF,
    "staff:inbox-release": STAFF,
    "staff:inbox-close": STAFF,
    "staff:inbox-reopen": STAFF,
    "staff:inbox-assign": STAFF,
    "staff:inbox-snooze": STAFF,
    "staff:inbox-tags": STAFF,
    "admin:login": PUBLIC,
    "admin:logout": PUBLIC,  # whoever is not signed in has nothing to end
    # Every other page that the stock admin makes for the registered models.
    "admin:*": STAFF,
}

SOCKETS = {
    "ws/chat/": PUBLIC,  # our own origin only; the first frame brings the customer's secret
    "ws/staff/": STAFF,  # our own origin only, with a session that is asked about again every four seconds
}

# What a frame reaches beyond its socket. No frame names a conversation: the secret of the hello does.
ANYBODY = "any active assistant"
OWN = "the conversation that the secret of the hello opens"
FRAMES: dict[str, tuple[str, dict[str, Any]]] = {
    "hello": (ANYBODY, {"v": 1, "assistant": "nobody", "token": "A" * 43}),
    "ask": (OWN, {"client_id": "00000000-0000-4000-8000-000000000001", "text": "May I?"}),
    "stop": (OWN, {"answer": "00000000-0000-4000-8000-000000000002"}),
    "feedback": (OWN, {"message": "00000000-0000-4000-8000-000000000003", "helpful": True}),
    "resume": (OWN, {"last_seq": 0}),
    "ping": (OWN, {}),
    "handoff": (OWN, {"wanted": True}),
    "contact": (OWN, {"name": "Cleo", "email": "cleo@example.com"}),
    "identify": (OWN, {"identity": "a.b.c"}),
    "typing": (OWN, {"active": True}),
    "seen": (OWN, {"seq": 0}),
    "forget": (OWN, {}),
}

# Frames of the inbox's socket: nothing is stored, and what they name is only shown to staff; that
# somebody types reaches the customer where a person has the conversation.
STAFF_FRAMES: dict[str, dict[str, Any]] = {
    "view": {"conversation": None},
    "typing": {"conversation": "00000000-0000-4000-8000-000000000004", "active": True},
}
