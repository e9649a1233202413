"""URLs of knowledge: the reader page."""

from django.urls import path

from knowledge.reader import reader

urlpatterns = [path("read/<uuid:version_id>/", reader, name="reader")]
