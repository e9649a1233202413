"""Golden questions: from a URL, a form, a file or a conversation to what every run asks."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from chat.evaluation.runs import SUBJECT, run_before
from chat.learning.golden import BadGolden
from chat.learning.keeping import exported, from_answer, take_in, value_of
from chat.models import GoldenQuestion, Message
from chat.querysets import reviewable_messages
from chat.staff.evaluation_golden_forms import GoldenFilterForm, GoldenForm, GoldenImportForm
from knowledge.staff.access import member_of_staff, staff_required
from knowledge.staff.ordered import Ordered
from knowledge.staff.pages import staff_page

LIST = "staff:golden"
# Questions are only ever added: their numbers are in the order of their moments.
NEWEST = Ordered("id", is_descending=True)


@dataclass(frozen=True, slots=True)
class Row:
    """A golden question and whether the last run had it right; None when it was not asked."""

    it: GoldenQuestion
    was_right: bool | None


@require_safe
@staff_required
def golden_list(request: HttpRequest) -> HttpResponse:
    """Show the golden questions that match the filters in the URL, newest first."""
    form = GoldenFilterForm(request.GET)
    page = NEWEST.page(form.found(), request.GET.dict())
    last = run_before(SUBJECT)
    right = {row["key"]: row["right"] for row in last.questions} if last else {}
    context = {
        "section": "evaluation",
        "part": "golden",
        "form": form,
        "page": page,
        "rows": [Row(it, right.get(value_of(it).key)) for it in page.rows],
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return staff_page(request, "staff/evaluation/golden.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def golden_new(request: HttpRequest) -> HttpResponse:
    """Add a golden question; ``message`` in the URL makes one of a conversation's answer."""
    made = _made_of(request.GET.get("message", "")) or GoldenQuestion()
    made.created_by = member_of_staff(request)
    return _edit(request, made)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def golden_edit(request: HttpRequest, question_id: int) -> HttpResponse:
    """Change a golden question."""
    return _edit(request, get_object_or_404(GoldenQuestion, pk=question_id))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def golden_delete(request: HttpRequest, question_id: int) -> HttpResponse:
    """Ask whether to delete the question, and delete it when the answer is yes."""
    golden = get_object_or_404(GoldenQuestion, pk=question_id)
    if request.method == "POST":
        golden.delete()
        messages.success(request, _("“%(name)s” is deleted.") % {"name": golden})
        return redirect(LIST)
    return staff_page(
        request, "staff/evaluation/golden_delete.html", {"section": "evaluation", "golden": golden}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def golden_import(request: HttpRequest) -> HttpResponse:
    """Take in a file of golden questions, wholly or not at all."""
    form = GoldenImportForm(request.POST, request.FILES) if request.method == "POST" else GoldenImportForm()
    context: dict[str, Any] = {"section": "evaluation", "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            done = take_in(_text_of(form.cleaned_data["file"]), member_of_staff(request))
        except BadGolden as error:
            form.add_error(None, str(error))
        else:
            figures = {"changed": done.changed, "unchanged": done.unchanged, "added": done.added}
            told = ngettext(
                "%(added)d question added, %(changed)d changed, %(unchanged)d as they were.",
                "%(added)d questions added, %(changed)d changed, %(unchanged)d as they were.",
                done.added,
            )
            messages.success(request, told % figures)
            return redirect(LIST)
    return staff_page(request, "staff/evaluation/golden_import.html", context)


@require_safe
@staff_required
def golden_export(_request: HttpRequest) -> HttpResponse:
    """Send all golden questions as a YAML file."""
    headers = {"Content-Disposition": 'attachment; filename="golden-questions.yaml"'}
    return HttpResponse(exported(), content_type="application/yaml; charset=utf-8", headers=headers)


def _edit(request: HttpRequest, golden: GoldenQuestion) -> HttpResponse:
    form = GoldenForm(request.POST if request.method == "POST" else None, instance=golden)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
        return redirect(LIST)
    context = {"section": "evaluation", "form": form, "golden": golden}
    return staff_page(request, "staff/evaluation/golden_edit.html", context)


def _made_of(message_id: str) -> GoldenQuestion | None:
    try:
        number = uuid.UUID(message_id)
    except ValueError:
        return None
    found = reviewable_messages().select_related("conversation__assistant", "answered_by__question")
    reply: Message | None = found.filter(pk=number, answered_by__isnull=False).first()
    return from_answer(reply) if reply else None


def _text_of(file: Any) -> str:
    if file.size > settings.UPLOAD_MAX_MB * 2**20:
        raise BadGolden(
            _("This file is larger than %(size)s MB: split it.") % {"size": settings.UPLOAD_MAX_MB}
        )
    try:
        return str(file.read().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadGolden(_("This file is no UTF-8 text: save it as UTF-8, then try again.")) from error
