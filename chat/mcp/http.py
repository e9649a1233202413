"""The web's way in: one request, one server with the eyes of its token, one answer.

Streamable HTTP without sessions: nothing is kept between two requests, so that any web process
may serve the next one. Who may come in is decided before (``supportbot.mcp_door``).
"""

from collections.abc import MutableMapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from chat.mcp.tools import server_for
from chat.programs import Ask

Message = MutableMapping[str, Any]
# Django has looked at the host, and no cookie lets anybody in.
CHECKED = TransportSecuritySettings(enable_dns_rebinding_protection=False)


async def answered(request: HttpRequest, ask: Ask, base: str) -> HttpResponse:
    """Return what the protocol answers to one POST."""
    server = server_for(ask, base)
    server.streamable_http_app(json_response=True, stateless_http=True, transport_security=CHECKED)
    return await _passed_on(request, server)


async def _passed_on(request: HttpRequest, server: MCPServer[Any]) -> HttpResponse:
    response = HttpResponse()
    body = [request.body]

    async def receive() -> Message:
        # The library waits for the end of the connection by asking again and again; it has to come.
        if not body:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body.pop(), "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            response.status_code = message["status"]
            for name, value in message.get("headers", ()):
                response.headers[name.decode("latin-1")] = value.decode("latin-1")
        else:
            response.write(message.get("body", b""))

    async with server.session_manager.run():
        await server.session_manager.handle_request(_scope(request), receive, send)
    return response


def _scope(request: HttpRequest) -> Message:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": None,
        "server": None,
    }
