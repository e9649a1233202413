"""URLs of the staff area of knowledge, included under the namespace ``staff``."""

from django.urls import path

from knowledge.staff import acts, collections, documents, uploads

urlpatterns = [
    path("documents/", documents.document_list, name="documents"),
    path("documents/progress/", documents.document_progress, name="progress"),
    path("documents/upload/", uploads.upload, name="upload"),
    path("documents/<uuid:document_id>/", documents.document_detail, name="document"),
    path("documents/<uuid:document_id>/retry/", acts.retry, name="retry"),
    path("documents/<uuid:document_id>/cancel/", acts.cancel, name="cancel"),
    path("documents/<uuid:document_id>/publish/", acts.publish, name="publish"),
    path("documents/<uuid:document_id>/unpublish/", acts.unpublish, name="unpublish"),
    path("documents/<uuid:document_id>/delete/", acts.delete, name="delete"),
    path("collections/", collections.collection_list, name="collections"),
    path("collections/new/", collections.collection_new, name="collection-new"),
    path("collections/<slug:slug>/edit/", collections.collection_edit, name="collection"),
]
