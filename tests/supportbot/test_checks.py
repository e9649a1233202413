"""System checks: each wrong setting has its id and says what to do."""

import pytest
from pytest_django import Settings

from knowledge.embedding import get_embedder
from knowledge.embedding.sets import ensure_active_set
from supportbot import checks


def test_a_long_random_secret_is_fine(settings: Settings) -> None:
    settings.SECRET_KEY = "r4nd0m" * 10

    assert checks.check_secret() == []


@pytest.mark.parametrize("secret", ["x", "short", "insecure-" + "0" * 50, "django-insecure-" + "x" * 50])
def test_a_bad_secret_is_refused(settings: Settings, secret: str) -> None:
    settings.SECRET_KEY = secret

    assert [found.id for found in checks.check_secret()] == ["supportbot.E003"]


@pytest.mark.parametrize(
    ("debug", "url", "found"), [(True, "https://a.b", 1), (True, "", 0), (False, "https://c.d", 0)]
)
def test_debug_in_public_is_refused(settings: Settings, debug: bool, url: str, found: int) -> None:
    settings.DEBUG, settings.PUBLIC_URL = debug, url

    assert [message.id for message in checks.check_debug()] == ["supportbot.E004"] * found


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ({"EMBEDDER": "bundled"}, []),
        ({"EMBEDDER": "openai"}, ["supportbot.E005"]),
        ({"EMBEDDER": "openai", "EMBEDDER_URL": "http://a/v1"}, ["supportbot.E005"]),
        ({"EMBEDDER": "openai", "EMBEDDER_URL": "http://a/v1", "EMBEDDER_MODEL": "m"}, []),
        ({"EMBEDDER": "openai", "EMBEDDER_URL": "a:1", "EMBEDDER_MODEL": "m"}, ["supportbot.E006"]),
        ({"MODEL_URL": "localhost:8081/v1"}, ["supportbot.E006"]),
        ({"MODEL_URL": "https://a/v1"}, []),
    ],
)
def test_half_a_configuration_of_a_model_is_refused(
    settings: Settings, values: dict[str, str], ids: list[str]
) -> None:
    for name in ("EMBEDDER_URL", "EMBEDDER_MODEL", "MODEL_URL"):
        setattr(settings, name, "")
    for name, value in values.items():
        setattr(settings, name, value)

    found = checks.check_models()

    assert [message.id for message in found] == ids
    assert all(message.hint for message in found)


@pytest.mark.django_db
@pytest.mark.usefixtures("axes")
def test_another_embedder_than_that_of_the_vectors_is_refused_when_asked(settings: Settings) -> None:
    ensure_active_set()
    well = checks.check_embedder(databases=["default"])
    settings.EMBEDDER = "tests.fakes.OtherEmbedder"
    get_embedder.cache_clear()

    assert well == []
    assert [found.id for found in checks.check_embedder(databases=["default"])] == ["supportbot.E007"]
    assert checks.check_embedder() == []


@pytest.mark.django_db
def test_the_database_has_what_we_need() -> None:
    assert checks.check_pgvector(databases=["default"]) == []


def test_mail_that_is_set_up_by_halves_is_refused_and_none_is_warned_of(settings: Settings) -> None:
    none = [found.id for found in checks.check_mail()]
    settings.MAIL_URL, settings.MAIL_IMAP_URL = "smtp://h:x/", "http://mail.example.com"
    settings.MAIL_FROM, settings.MAIL_DOMAIN, settings.MAIL_WEBHOOK_SECRET = "nobody", "a@b", "short"

    wrong = checks.check_mail()

    assert none == ["supportbot.W020"]
    assert [found.id for found in wrong] == ["supportbot.E020"] * 5
    assert all(found.msg.endswith((".", "/")) for found in wrong)


@pytest.mark.parametrize(
    ("judge", "ids"), [("", []), ("model", []), ("nowhere.to.be.found", ["supportbot.E009"])]
)
def test_a_judge_that_cannot_be_loaded_is_refused(settings: Settings, judge: str, ids: list[str]) -> None:
    settings.SUPPORT_JUDGE = judge

    assert [found.id for found in checks.check_judge()] == ids
