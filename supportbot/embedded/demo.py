"""``make demo``: from a bare folder to a running product with something to ask it.

This process only starts and watches others and so stays small; whatever needs Django runs in a child.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from supportbot.embedded import programs
from supportbot.embedded.environment import prepare_environment
from supportbot.embedded.folder import PROJECT, EmbeddedError, data_folder, remembered_port, write_private
from supportbot.embedded.leash import leashed
from supportbot.embedded.locking import FileLock
from supportbot.embedded.services import Services
from supportbot.embedded.supervisor import Supervisor

ASSISTANT_KEY = "demo"
WEB_PORT, WEBSITE_PORT = 8000, 8001
WEB_SECONDS = 120.0
DOCUMENTS = PROJECT / "evals" / "demo" / "documents"
SHELVES = {"help-centre": DOCUMENTS / "public", "internal": DOCUMENTS / "internal"}


@dataclass(frozen=True, slots=True)
class Places:
    """Where the demo answers and remembers."""

    data: Path
    web: str
    website: str

    @classmethod
    def choose(cls, data: Path) -> "Places":
        """Return the addresses of last time, or the next free ones."""
        web = remembered_port(data, "web", WEB_PORT)
        website = remembered_port(data, "website", WEBSITE_PORT)
        return cls(data, f"http://127.0.0.1:{web}", f"http://127.0.0.1:{website}")

    def guide(self) -> str:
        """Return what a person needs to know now."""
        return (
            f"\n  Chat          {self.web}/"
            f"\n  Staff area    {self.web}/staff/   (user staff, password: make password)"
            f"\n  Demo website  {self.website}/"
            f"\n  Logs          {self.data / 'logs'}\n"
        )


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    print(sentence, flush=True)


def manage(*arguments: str) -> None:
    """Run a Django command in a child; raise EmbeddedError if it fails."""
    command = [sys.executable, str(PROJECT / "manage.py"), *arguments]
    done = subprocess.run(leashed(command, death=signal.SIGKILL), check=False, cwd=PROJECT, process_group=0)
    if done.returncode:
        raise EmbeddedError(f"«manage.py {' '.join(arguments)}» failed; its message is above.")


def prepare_database(places: Places) -> None:
    """Bring the database up to date, with an assistant and a staff account, unless that is done already."""
    note, mark = places.data / "run" / "prepared", digest(places, _ingredients())
    if note.exists() and note.read_text(encoding="utf-8") == mark:
        return
    say("Preparing the database …")
    manage("migrate", "--verbosity", "0")
    manage("seed_demo")
    manage("password")
    write_private(note, mark)


def digest(places: Places, files: Iterable[Path]) -> str:
    """Return a digest of what a step of the preparation depends on: addresses, database and some files."""
    digest = hashlib.sha256(f"{places.web} {places.website} {os.environ['DATABASE_URL']}".encode())
    cluster = places.data / "postgres" / "PG_VERSION"
    digest.update(str(cluster.stat().st_mtime_ns if cluster.exists() else 0).encode())
    for path in sorted(path for path in files if path.is_file()):
        digest.update(str(path.relative_to(PROJECT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _ingredients() -> Iterator[Path]:
    yield from PROJECT.glob("*/migrations/*.py")
    yield from PROJECT.glob("*/management/commands/seed_demo.py")
    yield from (PROJECT / "evals" / "demo").glob("*.*")


def read_documents(places: Places) -> None:
    """Ingest the demo's documents once; one that fails stops nobody and is tried again next time.

    Once, because what staff delete from the demo must not come back with the next start.
    """
    note, mark = places.data / "run" / "read", digest(places, DOCUMENTS.rglob("*.*"))
    if note.exists() and note.read_text(encoding="utf-8") == mark:
        return
    try:
        for collection, folder in SHELVES.items():
            manage("ingest", str(folder), "--collection", collection)
    except EmbeddedError as error:
        say(str(error))
    else:
        write_private(note, mark)


def run(services: Services, places: Places) -> None:
    """Run everything until a signal ends it."""
    web_port, website_port = (int(url.rpartition(":")[2]) for url in (places.web, places.website))
    plan = [
        programs.web(web_port, makes_answers=True),
        programs.worker(),
        programs.beat(places.data),
        programs.website(website_port, places.web, ASSISTANT_KEY),
    ]
    with Supervisor(plan, places.data / "logs", services=services) as supervisor:
        say("Starting …")
        read_documents(places)
        if not supervisor.wait_until_ready("web", WEB_SECONDS):
            raise EmbeddedError(
                f"The web process did not start; {places.data / 'logs' / 'web.log'} says why."
            )
        say(places.guide() + "\nCtrl-C stops everything.")
        while True:
            time.sleep(3600)


def _leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)


def main() -> None:
    """Be the one demo of this data folder."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    services = None
    try:
        data = data_folder()
        only_one(data)
        places = Places.choose(data)
        os.environ |= {"DEMO_WEBSITE": places.website, "SUPPORTBOT_SUPERVISED": "1"}
        services = prepare_environment()
        prepare_database(places)
        tell_others(places)
        run(services, places)
    except EmbeddedError as error:
        sys.exit(str(error))
    except KeyboardInterrupt as reason:
        say(f"\nStopping ({reason}) …")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # the last steps are short: let them finish
        if services is not None:
            services.let_go_and_wait()


def only_one(data: Path) -> FileLock:
    """Take the demo's place, for as long as this process lives; raise EmbeddedError if another has it."""
    place = FileLock(data / "run" / "demo.lock")
    if not place.try_to_take():
        note = data / "run" / "demo.json"
        urls = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
        where = f" at {urls['web']} (its website at {urls['website']})" if urls else ""
        raise EmbeddedError(
            f"The demo runs already{where}; stop it there with Ctrl-C before starting another."
        )
    return place


def tell_others(places: Places) -> None:
    """Note the addresses for whoever tries to start a second demo."""
    note = {"web": places.web, "website": places.website}
    write_private(places.data / "run" / "demo.json", json.dumps(note))


if __name__ == "__main__":
    main()
