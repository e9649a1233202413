"""URLs of the staff area of chat, included under the namespace ``staff``."""

from django.urls import path

from chat.staff import assistants, cited, conversations, reviews

urlpatterns = [
    path("conversations/", conversations.conversation_list, name="conversations"),
    path("conversations/<uuid:conversation_id>/", conversations.conversation_detail, name="conversation"),
    path("messages/<uuid:message_id>/review/", reviews.review, name="review"),
    path("documents/<uuid:document_id>/cited/", cited.cited, name="cited"),
    path("assistants/", assistants.assistant_list, name="assistants"),
    path("assistants/new/", assistants.assistant_new, name="assistant-new"),
    path("assistants/<slug:key>/edit/", assistants.assistant_edit, name="assistant"),
]
