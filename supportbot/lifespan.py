"""Lifespan: what lives and ends with a web process beside its requests.

That is the answer runner, unless answers are made by processes of their own. A server
that speaks no lifespan (tests, ``runserver``) gets an application without one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from django.conf import settings

from chat.realtime.serving import Serving

log = logging.getLogger(__name__)
AGAIN_SECONDS = 2.0
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
