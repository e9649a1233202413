"""Storage: from a URL to what is stored, the embedding sets, and what staff may do to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from knowledge.errors import KnowledgeError
from knowledge.models import EmbeddingSet, State
from knowledge.reembedding import steering
from knowledge.reembedding.leasing import DISCARDING, OPEN
from knowledge.reembedding.verifying import FIRST
from knowledge.staff.access import member_of_staff, staff_required
from knowledge.staff.pace import HEADER, Mark, in_words, remaining
from knowledge.staff.pages import staff_page
from knowledge.staff.set_forms import EmbeddingSetForm
from knowledge.staff.storage_figures import Stored, stored, vectors_of

WATCHED = ("worker", "beat")
HOME = "staff:storage"

_ACTS: dict[str, Callable[[EmbeddingSet, User], None]] = {
    "activate": steering.activate,
    "cancel": steering.cancel,
    "resume": steering.resume,
    "discard": steering.discard,
}


@dataclass(frozen=True, slots=True)
class Figures:
    """How many of the questions found their own document, first and among five, in percent."""

    questions: int
    new: tuple[float, float]
    active: tuple[float, float] | None

    @classmethod
    def of(cls, embedding_set: EmbeddingSet) -> Self | None:
        """Return what was measured when the set was made, or None."""
        found = embedding_set.figures
        if not found.get("new"):
            return None
        active = _percents(found["active"]) if "active" in found else None
        return cls(found["questions"], _percents(found["new"]), active)


@dataclass(frozen=True, slots=True)
class SetRow:
    """A set as staff see it: its vectors, and what may be done to it now."""

    embedding_set: EmbeddingSet
    vectors: Stored
    acts: tuple[str, ...]
    figures: Figures | None
    remaining: str = ""

    @property
    def is_in_progress(self) -> bool:
        """Say whether it is being made."""
        return self.embedding_set.state in OPEN

    @property
    def percent(self) -> int:
        """Return how much of it is made, 0 to 100."""
        total = self.embedding_set.total
        return min(100, round(100 * self.embedding_set.done / total)) if total else 0


@require_safe
@staff_required
def storage(request: HttpRequest) -> HttpResponse:
    """Show what is stored, in rows and bytes, and each embedding set with its progress."""
    now = timezone.now()
    since = Mark.read(request.headers.get(HEADER, ""))
    making = EmbeddingSet.objects.filter(state__in=OPEN).order_by("pk").first()
    since = since or Mark(now, making.done if making else 0)
    in_order = (
        EmbeddingSet.objects.select_related("made_by")
        .defer("probe")
        .order_by(F("is_active").desc(), F("activated_at").desc(nulls_last=True), "-created_at")
    )
    context = {
        "section": "storage",
        "stored": stored(),
        "rows": [_row(one, since, now) for one in in_order],
        "is_in_progress": making is not None,
        "since": str(since),
        "since_header": HEADER,
    }
    return staff_page(request, "staff/embedding_sets/list.html", context, WATCHED)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def set_new(request: HttpRequest) -> HttpResponse:
    """Begin a set for another model."""
    by = member_of_staff(request)
    data = request.POST if request.method == "POST" else None
    form = EmbeddingSetForm(data, is_administrator=by.is_superuser)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = steering.begin(values["adapter"], values["url"], values["model"], by)
        except KnowledgeError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("“%(name)s” is queued: the worker makes it.") % {"name": made.name})
            return redirect(HOME)
    return staff_page(request, "staff/embedding_sets/new.html", {"section": "storage", "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def set_act(request: HttpRequest, set_id: int, act: str) -> HttpResponse:
    """Ask whether to do ``act`` to the set, and do it when the answer is yes."""
    if act not in _ACTS:
        raise Http404(_("There is no such act."))
    chosen = get_object_or_404(EmbeddingSet, pk=set_id)
    if request.method == "POST":
        try:
            _ACTS[act](chosen, member_of_staff(request))
        except KnowledgeError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _done(act) % {"name": chosen.name})
        return redirect(HOME)
    row = _row(chosen, Mark(timezone.now()), timezone.now())
    context = {"section": "storage", "it": chosen, "act": act, "row": row}
    return staff_page(request, "staff/embedding_sets/confirm.html", context)


def _row(embedding_set: EmbeddingSet, since: Mark, now: datetime) -> SetRow:
    left = None
    if embedding_set.state in OPEN:
        left = remaining(since, Mark(now, embedding_set.done), embedding_set.total)
    figures, acts = Figures.of(embedding_set), _acts(embedding_set)
    return SetRow(embedding_set, vectors_of(embedding_set), acts, figures, in_words(left))


def _percents(shares: Mapping[str, float]) -> tuple[float, float]:
    return round(100 * shares["hit@1"], 1), round(100 * shares[f"hit@{FIRST}"], 1)


def _acts(embedding_set: EmbeddingSet) -> tuple[str, ...]:
    if embedding_set.is_active:
        return ()
    match embedding_set.state:
        case State.QUEUED | State.WORKING:
            return () if embedding_set.stage == DISCARDING else ("cancel",)
        case State.READY:
            return ("activate", "discard")
        case _:
            return ("resume", "discard")


def _done(act: str) -> str:
    return {
        "activate": _("“%(name)s” is being activated: the worker makes its last vectors, then flips to it."),
        "cancel": _("The work on “%(name)s” is cancelled."),
        "resume": _("“%(name)s” is queued again and goes on where it was."),
        "discard": _("“%(name)s” is being discarded: the worker drops its vectors."),
    }[act]
