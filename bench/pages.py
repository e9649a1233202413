"""Staff pages at scale: how long each takes and how many queries it needs, with 100,000 documents.

    python -m bench.scale_data FOLDER_OF_BEIR_SETS 1000000
    python -m bench.pages 1000000

Asks for each page through the whole application, ``TIMES`` times in turn; prints milliseconds p50 and
p95 and the most queries.
"""

import secrets
import statistics
import sys
import time

from bench.ready import ready

services = ready()

from django.contrib.auth.models import User  # noqa: E402 - needs the set-up above
from django.core.management import call_command  # noqa: E402 - needs the set-up above
from django.db import connection  # noqa: E402 - needs the set-up above
from django.test import Client  # noqa: E402 - needs the set-up above
from django.test.utils import CaptureQueriesContext  # noqa: E402 - needs the set-up above
from django.urls import reverse  # noqa: E402 - needs the set-up above

from bench.scale_data import use_database  # noqa: E402 - needs the set-up above
from knowledge.models import Collection, Document  # noqa: E402 - needs the set-up above

TIMES = 40


def pages() -> dict[str, str]:
    """Return the pages to ask for, by what they are."""
    documents = reverse("staff:documents")
    collection = Collection.objects.get(slug="ten")
    document = Document.objects.order_by("-created_at")[50_000 % Document.objects.count()]
    return {
        "documents": documents,
        "… of a collection": f"{documents}?collection={collection.slug}",
        "… by name": f"{documents}?q=manual+777",
        "… that failed": f"{documents}?state=failed",
        "one document": reverse("staff:document", args=[document.pk]),
        "collections": reverse("staff:collections"),
        "storage": reverse("staff:storage"),
        "findings": reverse("staff:findings"),
        "history": reverse("staff:history"),
    }


def measure(client: Client, address: str) -> tuple[list[float], int]:
    """Return the milliseconds of every call, sorted, and the most queries of one."""
    took, most = [], 0
    for _ in range(TIMES):
        with CaptureQueriesContext(connection) as queries:
            started = time.perf_counter()
            response = client.get(address)
            took.append((time.perf_counter() - started) * 1000)
        if response.status_code != 200:
            sys.exit(f"{address} answered {response.status_code}.")
        most = max(most, len(queries))
    return sorted(took), most


def main() -> None:
    """Print the table for the size on the command line."""
    use_database(f"scale_{int(sys.argv[1])}")
    call_command("migrate", verbosity=0)
    staff = User.objects.create_superuser(f"bench-{secrets.token_hex(4)}")
    client = Client(headers={"host": "localhost"})
    client.force_login(staff)
    print(f"{Document.objects.count():,} documents")
    print(f"{'page':<20} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8}")
    for name, address in pages().items():
        client.get(address)
        took, most = measure(client, address)
        print(f"{name:<20} {statistics.median(took):>8.0f} {took[len(took) * 95 // 100]:>8.0f} {most:>8}")
    staff.delete()


if __name__ == "__main__":
    main()
