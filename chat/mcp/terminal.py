"""The terminal's way in: the server on standard input and output, for a client that starts it itself."""

import asyncio

from chat.mcp.tools import server_for
from chat.programs import Ask


def serve(ask: Ask, base: str) -> None:
    """Serve until the client closes its end."""
    asyncio.run(server_for(ask, base).run_stdio_async())
