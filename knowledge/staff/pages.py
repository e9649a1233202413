"""Staff pages: from a context to a page that also says which processes are missing.

Chat's staff pages are rendered by it too, and learn here what a document that they show is called.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knowledge.heartbeats import last_seen
from knowledge.querysets import documents_in_shelves, versions_of

# Processes sign every 10 s; a minute is six missed signs and no hiccup.
LATE = timedelta(seconds=60)

_NAMES: Mapping[str, Promise] = {
    "worker": gettext_lazy("The worker, which reads documents,"),
    "answers": gettext_lazy("The answer process, which replies to customers,"),
    "beat": gettext_lazy("The clock, which picks up interrupted work,"),
}
_COMMANDS: Mapping[str, str] = {
    "worker": "celery -A supportbot worker -Q ingest,maintenance",
    "answers": "python manage.py answers",
    "beat": "celery -A supportbot beat",
}


@dataclass(frozen=True, slots=True)
class Absence:
    """A process that has not been seen: the sentence for staff and the command that starts it."""

    sentence: str
    command: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What a page about a document needs to know of it: its title, and the numbers of its versions."""

    title: str
    live_version: uuid.UUID | None
    numbers: Mapping[uuid.UUID, int]


def heading_of(document_id: uuid.UUID) -> Heading:
    """Return what a document is called; raise ``Http404`` when there is none."""
    document = get_object_or_404(documents_in_shelves(), pk=document_id)
    numbers = dict(versions_of(document).values_list("pk", "number"))
    return Heading(document.title, document.live_version_id, numbers)


def staff_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], watch: Sequence[str] = ()
) -> HttpResponse:
    """Render a staff page with a banner for each process of ``watch`` that is missing."""
    return render(request, template, {**context, "absences": absences(watch)})


def absences(kinds: Sequence[str]) -> list[Absence]:
    """Return those of ``kinds`` that have not been seen for a minute, in the same order."""
    found = []
    for kind in kinds:
        age = last_seen(kind)
        if age is None or age > LATE:
            found.append(Absence(_sentence(kind, age), _COMMANDS[kind]))
    return found


def _sentence(kind: str, age: timedelta | None) -> str:
    if age is None:
        return _("%(process)s has never been seen. Start it with") % {"process": _NAMES[kind]}
    now = timezone.now()
    return _("%(process)s has not been seen for %(time)s. Start it with") % {
        "process": _NAMES[kind],
        "time": timesince(now - age, now, depth=1),
    }
