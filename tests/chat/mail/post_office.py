"""A post office: a real SMTP server that keeps what it gets, and mail programs that reply."""

import email
import smtplib
import socket
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.utils import make_msgid
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Deliver = Callable[[bytes], object]


class PostOffice:
    """Listens on a port of its own; ``refusals`` are said instead of 250, ``deliver`` gets what is for us."""

    def __init__(self, password: str = "") -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.refusals: list[str] = []
        self.at_data: list[str] = []
        self.deliver: Deliver | None = None
        self._controller = _Controller(self, hostname="127.0.0.1", port=0, **_login(password))

    def __enter__(self) -> "PostOffice":
        self._controller.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._controller.address[1]

    @property
    def url(self) -> str:
        """What MAIL_URL is set to."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or refuse it as told."""
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Keep a mail."""
        if self.at_data:
            return self.at_data.pop(0)
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.raw.append(envelope.content)
        self.mails.append(mail)
        return "250 OK"

    def send(self, mail: EmailMessage) -> bytes:
        """Send a mail through this server as a mail program does; return it as it arrived."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as connection:
            connection.send_message(mail)
        return self.raw[-1]


class _Controller(Controller):
    """Finds its port by itself: port 0."""

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        server: Any = self.server
        host, port = server.sockets[0].getsockname()[:2]
        return host, port

    def _trigger_server(self) -> None:
        """Wait for the greeting on the port that it found."""
        with socket.create_connection(self.address, timeout=10) as connection:
            connection.recv(1024)


def _login(password: str) -> dict[str, Any]:
    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        is_right = isinstance(given, LoginPassword) and given.password == password.encode()
        return AuthResult(success=is_right, handled=False)  # the server says so itself

    if not password:
        return {}
    return {"authenticator": check, "auth_required": True, "auth_require_tls": False}


def reply_to(mail: EmailMessage, sender: str, words: str, **headers: str) -> EmailMessage:
    """Write a reply as a mail program does: to Reply-To, with ids, and the whole history quoted below."""
    reply = EmailMessage(policy=policy.SMTP)
    reply["From"] = sender
    reply["To"] = mail["Reply-To"]
    reply["Subject"] = f"Re: {mail['Subject']}"
    reply["Message-ID"] = make_msgid(domain="mail.example.com")
    reply["In-Reply-To"] = mail["Message-ID"]
    reply["References"] = f"{mail['References']} {mail['Message-ID']}"
    for name, value in headers.items():
        reply[name.replace("_", "-")] = value
    quoted = "\n".join(f"> {line}".rstrip() for line in text_of(mail).splitlines())
    reply.set_content(f"{words}\n\nOn Mon, Nov 30, 2026 at 9:12 AM {mail['From']} wrote:\n\n{quoted}\n")
    return reply


def text_of(mail: EmailMessage) -> str:
    """Return the text of a mail."""
    content: str = mail.get_content()
    return content
