"""URLs: from a path to the view that answers it."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from chat.staff.urls import urlpatterns as chat_staff
from knowledge.staff.urls import urlpatterns as knowledge_staff
from supportbot import api
from supportbot.health import healthz, readyz
from supportbot.mcp_door import mcp

staff: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="staff:documents"), name="home"),
    *knowledge_staff,
    *chat_staff,
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("staff/login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("staff/logout/", LogoutView.as_view(), name="logout"),
    path("staff/", include((staff, "staff"))),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("mcp", mcp, name="mcp"),
    path("", include("chat.mail.urls")),
    path("", include("knowledge.urls")),
    path("", include("chat.widget.urls")),
]
