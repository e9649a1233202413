"""Evaluation runs: from a button to a run, its progress and its report."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat.errors import ChatError
from chat.evaluation import runs
from chat.evaluation.reports import report_of
from chat.learning.comparing import compare
from chat.models import EvaluationRun, GoldenQuestion, RunState
from knowledge.staff.access import member_of_staff, staff_required
from knowledge.staff.ordered import Ordered
from knowledge.staff.pages import staff_page

LIST = "staff:evaluations"
WATCHED = ("worker", "beat")
NEWEST = Ordered("id", is_descending=True, size=20)


@require_safe
@staff_required
def evaluation_list(request: HttpRequest) -> HttpResponse:
    """Show the runs, newest first, with what is going on now."""
    page = NEWEST.page(_light(), request.GET.dict())
    context = {
        "section": "evaluation",
        "part": "runs",
        "page": page,
        "golden_count": GoldenQuestion.objects.filter(is_active=True).count(),
        "is_in_progress": any(run.is_in_progress for run in page.rows),
    }
    return staff_page(request, "staff/evaluation/runs.html", context, WATCHED)


@require_safe
@staff_required
def evaluation_detail(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show a run: how far it is, or its report beside the run before it."""
    run = get_object_or_404(EvaluationRun.objects.select_related("by"), pk=run_id)
    report = None
    before = None
    if run.state == RunState.READY:
        before = runs.run_before(run.subject, run)
        now = {"figures": run.figures, "questions": run.questions}
        then = {"figures": before.figures, "questions": before.questions} if before else None
        report = report_of(str(run), run.figures, run.questions, compare(now, then) if then else None)
    context = {"section": "evaluation", "part": "runs", "run": run, "report": report, "before": before}
    return staff_page(request, "staff/evaluation/run.html", context, WATCHED)


@require_POST
@staff_required
def evaluation_start(request: HttpRequest) -> HttpResponse:
    """Queue a run over all active golden questions."""
    try:
        run = runs.begin(member_of_staff(request))
    except ChatError as error:
        messages.error(request, str(error))
        return redirect(LIST)
    messages.success(request, _("The run is queued: a worker asks the questions."))
    return redirect("staff:evaluation", run_id=run.pk)


@require_POST
@staff_required
def evaluation_cancel(request: HttpRequest, run_id: int) -> HttpResponse:
    """Stop a run."""
    return _act(request, run_id, runs.cancel, _("The run is cancelled; what it heard so far stays."))


@require_POST
@staff_required
def evaluation_retry(request: HttpRequest, run_id: int) -> HttpResponse:
    """Let a failed or cancelled run go on."""
    return _act(request, run_id, runs.retry, _("The run is queued again and goes on where it stopped."))


def _act(request: HttpRequest, run_id: int, act: Callable[[EvaluationRun], None], done: str) -> HttpResponse:
    run = get_object_or_404(_light(), pk=run_id)
    try:
        act(run)
    except ChatError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("staff:evaluation", run_id=run.pk)


def _light() -> QuerySet[EvaluationRun]:
    """Return the runs without what was asked and heard."""
    return EvaluationRun.objects.select_related("by").defer("wanted", "questions")
