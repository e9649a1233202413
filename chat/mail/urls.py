"""Mail URLs: where a mail provider hands over what came in."""

from django.urls import path

from chat.mail import views

app_name = "mail"

urlpatterns = [path("mail/inbound/", views.inbound, name="inbound")]
