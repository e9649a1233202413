"""URLs of the staff area of chat, included under the namespace ``staff``."""

from django.urls import path

from chat.staff import (
    assistants,
    attachments,
    cited,
    conversations,
    evaluation_confidence,
    evaluation_golden,
    evaluation_runs,
    mails,
    reviews,
)

urlpatterns = [
    path("conversations/", conversations.conversation_list, name="conversations"),
    path("conversations/<uuid:conversation_id>/", conversations.conversation_detail, name="conversation"),
    path("attachments/<uuid:attachment_id>/", attachments.attachment, name="attachment"),
    path("mail/", mails.mail_list, name="mails"),
    path("mail/incoming/", mails.mail_incoming, name="mails-incoming"),
    path("mail/<int:mail_id>/retry/", mails.mail_retry, name="mail-retry"),
    path("mail/<int:mail_id>/cancel/", mails.mail_cancel, name="mail-cancel"),
    path("messages/<uuid:message_id>/review/", reviews.review, name="review"),
    path("documents/<uuid:document_id>/cited/", cited.cited, name="cited"),
    path("golden/", evaluation_golden.golden_list, name="golden"),
    path("golden/new/", evaluation_golden.golden_new, name="golden-new"),
    path("golden/import/", evaluation_golden.golden_import, name="golden-import"),
    path("golden/export/", evaluation_golden.golden_export, name="golden-export"),
    path("golden/<int:question_id>/", evaluation_golden.golden_edit, name="golden-edit"),
    path("golden/<int:question_id>/delete/", evaluation_golden.golden_delete, name="golden-delete"),
    path("evaluations/", evaluation_runs.evaluation_list, name="evaluations"),
    path("evaluations/start/", evaluation_runs.evaluation_start, name="evaluation-start"),
    path("evaluations/<int:run_id>/", evaluation_runs.evaluation_detail, name="evaluation"),
    path("evaluations/<int:run_id>/cancel/", evaluation_runs.evaluation_cancel, name="evaluation-cancel"),
    path("evaluations/<int:run_id>/retry/", evaluation_runs.evaluation_retry, name="evaluation-retry"),
    path("confidence/", evaluation_confidence.confidence, name="confidence"),
    path("assistants/", assistants.assistant_list, name="assistants"),
    path("assistants/new/", assistants.assistant_new, name="assistant-new"),
    path("assistants/<slug:key>/edit/", assistants.assistant_edit, name="assistant"),
]
