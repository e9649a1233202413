"""API tokens: issued once, kept as a digest, and dead as soon as their owner may no more."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from knowledge import tokens
from knowledge.errors import PermanentError
from knowledge.models import Act, ApiToken, Reach

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> User:
    """Return Ada, who is staff."""
    return User.objects.create(username="ada", is_staff=True)


def run(*arguments: str) -> str:
    """Run the command and return what it prints to its output."""
    out = StringIO()
    call_command("token", *arguments, stdout=out, stderr=StringIO(), no_color=True)
    return out.getvalue().strip()


def test_a_secret_finds_its_token_and_is_stored_nowhere(ada: User) -> None:
    issued = tokens.issue(ada, "nightly sync", Reach.WRITE, 30, ada)

    found = tokens.find(issued.secret)

    assert found == issued.token
    assert issued.secret.startswith("sb_")
    assert issued.secret.startswith(issued.token.shown)
    row = ApiToken.objects.values().get()
    assert not any(issued.secret in str(value) for value in row.values())
    assert len(issued.token.shown) == len("sb_") + 8


def test_no_other_secret_finds_it(ada: User) -> None:
    issued = tokens.issue(ada, "nightly sync", Reach.READ)

    wrong = [issued.secret[:-1], issued.secret + "A", issued.token.shown, issued.token.digest, "", "\udcff"]

    assert [tokens.find(secret) for secret in wrong] == [None] * len(wrong)


@pytest.mark.parametrize(
    "end",
    [
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"is_active": False},
        {"is_staff": False},
    ],
    ids=lambda end: next(iter(end)),
)
def test_a_token_dies_at_once(ada: User, end: dict[str, object]) -> None:
    issued = tokens.issue(ada, "nightly sync", Reach.READ, 30)
    assert tokens.find(issued.secret) is not None

    rows = User.objects if next(iter(end)).startswith("is_") else ApiToken.objects
    rows.update(**end)

    assert tokens.find(issued.secret) is None


def test_the_last_use_is_written_at_most_once_a_minute(ada: User) -> None:
    secret = tokens.issue(ada, "nightly sync", Reach.READ).secret
    tokens.find(secret)
    first = ApiToken.objects.get().last_used_at

    tokens.find(secret)
    second = ApiToken.objects.get().last_used_at
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    tokens.find(secret)

    assert first is not None
    assert second == first
    assert ApiToken.objects.filter(last_used_at__gt=timezone.now() - timedelta(minutes=1)).exists()


@pytest.mark.parametrize(
    ("name", "scope", "days", "sentence"),
    [
        (" ", "read", None, "needs a name"),
        ("a\x00b", "read", None, "needs a name"),
        ("x" * 101, "read", None, "needs a name"),
        ("sync", "all", None, "is no scope"),
        ("sync", "read", 0, "lives for 1 to"),
        ("sync", "read", 99_999, "lives for 1 to"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    ada: User, name: str, scope: str, days: int | None, sentence: str
) -> None:
    with pytest.raises(PermanentError, match=sentence):
        tokens.issue(ada, name, scope, days)

    assert not ApiToken.objects.exists()


def test_no_token_acts_for_an_account_that_is_not_staff() -> None:
    cleo = User.objects.create(username="cleo")

    with pytest.raises(PermanentError, match="not active staff"):
        tokens.issue(cleo, "sync", Reach.READ)


def test_what_is_done_to_tokens_is_recorded_without_their_secrets(ada: User) -> None:
    issued = tokens.issue(ada, "nightly sync", Reach.WRITE, by=ada)

    tokens.revoke(issued.token, ada)

    acts = list(Act.objects.order_by("id"))
    assert [(act.verb, act.subject, act.by) for act in acts] == [
        ("token issued", "nightly sync", ada),
        ("token revoked", "nightly sync", ada),
    ]
    assert issued.secret not in str([act.detail for act in acts])
    with pytest.raises(PermanentError, match="revoked before"):
        tokens.revoke(issued.token, ada)


def test_staff_see_their_own_tokens_and_administrators_all(ada: User) -> None:
    ben = User.objects.create(username="ben", is_staff=True)
    eve = User.objects.create(username="eve", is_staff=True, is_superuser=True)
    mine = tokens.issue(ada, "mine", Reach.READ).token

    seen = {user.username: list(tokens.tokens_seen_by(user)) for user in (ada, ben, eve)}

    assert seen == {"ada": [mine], "ben": [], "eve": [mine]}


def test_the_command_issues_lists_and_revokes(ada: User) -> None:
    secret = run("issue", "nightly sync", "--user", "ada", "--scope", "write", "--days", "7")
    token = tokens.find(secret)
    assert token is not None
    assert token.scope == Reach.WRITE

    listed = run("list")
    run("revoke", str(token.pk))

    assert {"nightly", "ada", "write", "living"} <= set(listed.split())
    assert secret not in listed
    assert tokens.find(secret) is None
    assert "dead" in run("list")


def test_the_command_names_what_is_not_there(ada: User) -> None:
    with pytest.raises(CommandError, match="There is no account “bob”"):
        run("issue", "sync", "--user", "bob")
    with pytest.raises(CommandError, match="There is no token 99"):
        run("revoke", "99")
