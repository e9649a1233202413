"""The environment of a command: fills in what the settings need and the operator did not give."""

import os
from collections.abc import Sequence
from pathlib import Path

import environ

from supportbot.embedded.folder import PROJECT, EmbeddedError, data_folder, secret
from supportbot.embedded.services import SERVICES, Services, ensure_services

WITHOUT_SERVICES = {"help", "version", "makemessages", "compilemessages", "collectstatic", "diffsettings"}
HELP = {"-h", "--help", "--version"}


def needs_services(arguments: Sequence[str]) -> bool:
    """Say whether ``manage.py`` with these arguments works on data."""
    return bool(arguments) and arguments[0] not in WITHOUT_SERVICES and not HELP & set(arguments)


def prepare_environment() -> Services:
    """Put DATABASE_URL, REDIS_URL and SECRET_KEY into the environment; the result holds the services.

    Whatever the environment or ``.env`` names is left alone.
    """
    read_dotenv()
    missing = [key for key in SERVICES if not os.environ.get(key)]
    if os.environ.get("SUPPORTBOT_EMBEDDED", "1").lower() in ("0", "false", "no", "off"):
        if missing:
            raise EmbeddedError(
                f"{' and '.join(missing)} must be set, because SUPPORTBOT_EMBEDDED=0 says that this "
                "machine brings no services of its own."
            )
        return Services(os.environ["DATABASE_URL"], os.environ["REDIS_URL"])
    data = data_folder()
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = secret(data / "secret_key")
    services = ensure_services(data)
    os.environ.update(services.environment())
    return services


def read_dotenv(path: Path = PROJECT / ".env") -> None:
    """Read ``.env`` as the settings do, so that both see the same URLs; the real environment wins."""
    if path.exists():
        environ.Env.read_env(str(path))
