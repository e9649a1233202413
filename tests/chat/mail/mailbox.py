"""A mailbox: a small IMAP server for one account, as much of RFC 3501 as fetching replies needs."""

import re
import socketserver
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType


@dataclass
class Mailbox:
    """Mails with their flags; ``login`` is what is let in, ``broken_at`` the command at which it hangs up."""

    login: str = 'cleo "pass word"'
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    broken_at: str = ""
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> "Mailbox":
        box = self

        class Handler(socketserver.StreamRequestHandler):
            """One connection."""

            def handle(self) -> None:
                with suppress(ConnectionError):
                    self.talk()

            def talk(self) -> None:
                """Answer one command after the other."""
                self.wfile.write(b"* OK ready\r\n")
                while line := self.rfile.readline():
                    tag, _, command = line.decode().strip().partition(" ")
                    box.asked.append(command)
                    if box.broken_at and command.startswith(box.broken_at):
                        return
                    for answer in box.answers(command):
                        self.wfile.write(answer)
                    self.wfile.write(f"{tag} {box.verdict(command)}\r\n".encode())

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, login: str = "cleo:pass%20word", box: str = "INBOX") -> str:
        """Return what MAIL_IMAP_URL is set to."""
        return f"imap://{login}@127.0.0.1:{self._server.server_address[1]}/{box}"

    def verdict(self, command: str) -> str:
        """Return how a command ends."""
        if command.startswith("LOGIN") and command != f"LOGIN {self.login}":
            return "NO [AUTHENTICATIONFAILED] Wrong name or password."
        if command.startswith("SELECT") and command != 'SELECT "INBOX"':
            return "NO There is no such mailbox."
        return "OK done"

    def answers(self, command: str) -> list[bytes]:
        """Return the lines before the end of a command."""
        if command.startswith("CAPABILITY"):
            return [b"* CAPABILITY IMAP4rev1\r\n"]
        if command.startswith("UID SEARCH"):
            unseen = " ".join(str(number) for number in sorted(set(self.mails) - self.seen))
            return [f"* SEARCH {unseen}\r\n".encode()]
        if found := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            number, raw = int(found[1]), self.mails[int(found[1])][: int(found[2])]
            head = f"* {number} FETCH (UID {number} BODY[]<0> {{{len(raw)}}}\r\n".encode()
            return [head + raw + b")\r\n"]
        if found := re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \(\\Seen\)", command):
            self.seen.add(int(found[1]))
        return []
