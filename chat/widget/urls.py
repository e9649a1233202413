"""Widget URLs: the front page and everything a website's script tag leads to."""

from django.urls import path

from chat.widget import attachments, views

app_name = "widget"

urlpatterns = [
    path("", views.home, name="home"),
    path("widget/v1/loader.js", views.loader, name="loader"),
    path("widget/v1/app/<str:digest>/<path:name>", views.file, name="file"),
    path("widget/v1/attachments/", attachments.attachment_new, name="attachment-new"),
    path("widget/v1/attachments/<uuid:attachment_id>/", attachments.attachment, name="attachment"),
    path("widget/v1/<slug:key>/", views.frame, name="frame"),
]
