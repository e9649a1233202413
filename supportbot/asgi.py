"""ASGI: one entry for HTTP and websockets, with the answer runner beside them unless it runs elsewhere."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportbot.settings")
http = get_asgi_application()

from chat.realtime.routing import urlpatterns  # noqa: E402 - models can only be imported after the set-up above
from supportbot.lifespan import WithAnswers  # noqa: E402 - likewise

if settings.SECRET_KEY.startswith("insecure-"):  # servers run no system checks
    raise ImproperlyConfigured("SECRET_KEY is not set: give 50 random characters or more (supportbot.E003).")

# The widget runs in an iframe of our own origin, so its sockets carry our host, whatever website embeds it.
application = ProtocolTypeRouter(
    {"http": http, "websocket": AllowedHostsOriginValidator(URLRouter(urlpatterns))}
)
if settings.ANSWERS_IN_WEB:
    application = WithAnswers(application)
