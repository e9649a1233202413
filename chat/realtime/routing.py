"""Routing: from a websocket path to its consumer; only the inbox's socket knows sessions."""

from channels.auth import AuthMiddlewareStack
from django.urls import path

from chat.realtime.consumers import ChatConsumer
from chat.realtime.staff_consumers import StaffConsumer

urlpatterns = [
    path("ws/chat/", ChatConsumer.as_asgi()),
    path("ws/staff/", AuthMiddlewareStack(StaffConsumer.as_asgi())),
]
