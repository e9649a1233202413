"""Routing: from a websocket path to its consumer."""

from django.urls import path

from chat.realtime.consumers import ChatConsumer

urlpatterns = [path("ws/chat/", ChatConsumer.as_asgi())]
