"""ASGI: one entry for HTTP and websockets."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportbot.settings")
http = get_asgi_application()

from chat.realtime.routing import urlpatterns  # noqa: E402 - models can only be imported after the set-up above

# The widget runs in an iframe of our own origin, so its sockets carry our host, whatever website embeds it.
application = ProtocolTypeRouter(
    {"http": http, "websocket": AllowedHostsOriginValidator(URLRouter(urlpatterns))}
)
