"""Alive: from the name of a process to an exit code for the container's health check.

``python deploy/alive.py web [PORT]`` or ``… answers|worker|beat``. The web process is asked over HTTP; the
others have written a heartbeat into PostgreSQL within a minute, or they do no work, whatever the process list
says. Knows nothing of Django, so that a check every few seconds stays cheap.
"""

import os
import socket
import sys
from http.client import HTTPConnection, HTTPException

import psycopg

PATIENCE = 3  # seconds
SILENT_SECONDS = 60
# A container is its own host, so the name tells its processes from those of others. The beat process only
# rings; the worker that hears it writes, from another container.
STATEMENT = """
    SELECT count(*) FROM knowledge_heartbeat
    WHERE kind = %(kind)s AND process LIKE %(process)s AND seen_at > now() - make_interval(secs => %(silent)s)
"""


def web(port: int) -> str:
    """Return what is wrong with the web process of this container, or nothing."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    # Behind TLS every plain request is sent on to https: say that it came by it.
    connection.request("GET", "/healthz", headers={"X-Forwarded-Proto": "https"})
    status = connection.getresponse().status
    return "" if status == 200 else f"/healthz answered {status}; is 127.0.0.1 in ALLOWED_HOSTS?"


def at_work(kind: str) -> str:
    """Return what is wrong with a process that beats, or nothing."""
    host = "%" if kind == "beat" else socket.gethostname().replace("_", r"\_") + ":%"
    values = {"kind": kind, "process": f"{kind}@{host}", "silent": SILENT_SECONDS}
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=PATIENCE) as connection:
        row = connection.execute(STATEMENT, values).fetchone()
    return "" if row and row[0] else f"no heartbeat of {kind} for {SILENT_SECONDS} s"


def main() -> None:
    """Leave with 0 if the process does its work, else with a sentence."""
    kind, port = [*sys.argv[1:], "", ""][:2]
    try:
        match kind:
            case "web":
                wrong = web(int(port or 8000))
            case "answers" | "worker" | "beat":
                wrong = at_work(kind)
            case _:
                wrong = "Say which process: web, answers, worker or beat."
    except (OSError, HTTPException, psycopg.Error) as error:
        wrong = f"{kind}: {error}"
    sys.exit(wrong or 0)


if __name__ == "__main__":
    main()
