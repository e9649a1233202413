"""The access matrix: from the declared policies to who is let in where, and to the table in docs/security.md.

``python -m tests.guards.matrix`` writes the table anew; a guard test compares it.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.guards.policies import (
    ANYBODY,
    CUSTOMER,
    FRAMES,
    POST_OFFICE,
    PUBLIC,
    ROUTES,
    SOCKETS,
    STAFF,
    TOKEN,
)

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "security.md"
BEGIN = "<!-- The access matrix, written by python -m tests.guards.matrix -->"
END = "<!-- The end of the access matrix -->"
YES, NO, EITHER = "yes", "no", "by permission"
NOTHING = "nothing of it"

# Who opens a route: by a session, by none, or by a token.
ANONYMOUS, ACCOUNT, SUSPENDED, MEMBER, SUPERUSER, PROGRAM, LAID_OFF = (
    "anonymous",
    "account, not staff",
    "suspended staff",
    "staff",
    "superuser",
    "token",
    "token of suspended staff",
)
VISITORS = (ANONYMOUS, ACCOUNT, SUSPENDED, MEMBER, SUPERUSER, PROGRAM, LAID_OFF)
ADMIN = "admin"
CELLS: Mapping[str, Mapping[str, str]] = {
    PUBLIC: dict.fromkeys(VISITORS, YES),
    STAFF: dict.fromkeys(VISITORS, NO) | {MEMBER: YES, SUPERUSER: YES},
    ADMIN: dict.fromkeys(VISITORS, NO) | {MEMBER: EITHER, SUPERUSER: EITHER},
    TOKEN: dict.fromkeys(VISITORS, NO) | {PROGRAM: YES},
    # Neither takes a session or an API token: a customer's secret, and the secret of whoever delivers mail.
    CUSTOMER: dict.fromkeys(VISITORS, NO),
    POST_OFFICE: dict.fromkeys(VISITORS, NO),
}

# Who sends a frame. A stranger is another customer, with a conversation or without, or the same secret at
# another assistant: what they name of somebody else's is unknown to them.
SENDERS = ("before hello", "own customer", "other customer", "other assistant", "forbidden website")
UNKNOWN = "unknown, as if made up"
NAMING = ("answer", "message")  # fields that name something of a conversation


def policy_of(name: str) -> str | None:
    """Return the declared policy of a route; pages that the admin makes share one row."""
    if name.startswith("admin:") and name not in ROUTES:
        return ADMIN if "admin:*" in ROUTES else None
    return ROUTES.get(name)


def cell(name: str, visitor: str) -> str:
    """Say whether a visitor is let in at a route."""
    return CELLS[policy_of(name) or STAFF][visitor]


def frame_cells(kind: str) -> tuple[str, ...]:
    """Say what each sender reaches by a frame."""
    reach, values = FRAMES[kind]
    if reach == ANYBODY:
        return (YES, YES, NOTHING, NOTHING, NO)
    names = any(name in values for name in NAMING)
    strange = UNKNOWN if names else NOTHING
    return (NO, YES, strange, strange, NO)


def table() -> str:
    """Return the matrix as Markdown."""
    routes = [_row("route", VISITORS), _row("---", ["---"] * len(VISITORS))]
    for policy in (PUBLIC, CUSTOMER, POST_OFFICE, TOKEN, STAFF, ADMIN):
        routes.append(_row(_names(policy), CELLS[policy].values()))
    sockets = [_row("socket", ["who", "another origin"]), _row("---", ["---"] * 2)]
    sockets += [_row(f"`{path}`", [policy, NO]) for path, policy in sorted(SOCKETS.items())]
    frames = [_row("frame", SENDERS), _row("---", ["---"] * len(SENDERS))]
    frames += [_row(f"`{kind}`", frame_cells(kind)) for kind in FRAMES]
    return "\n\n".join("\n".join(part) for part in (routes, sockets, frames))


def document(text: str) -> str:
    """Return the manual with the matrix of today."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


def _names(policy: str) -> str:
    """Return the routes of a policy; those of a namespace in one word, where it is its usual one."""
    usual = {"staff": STAFF, "api": TOKEN, "admin": ADMIN}
    named = {"`admin:*`"} if policy == ADMIN else set()
    for name, declared in ROUTES.items():
        space = name.partition(":")[0]
        if declared == policy and name != "admin:*":
            named.add(f"`{space}:*`" if usual.get(space) == policy and ":" in name else f"`{name}`")
    return ", ".join(sorted(named, key=lambda one: (not one.endswith("*`"), one)))


def _row(first: str, cells: Iterable[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"


if __name__ == "__main__":
    MANUAL.write_text(document(MANUAL.read_text(encoding="utf-8")), encoding="utf-8")
