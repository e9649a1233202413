"""Curated answers: from a URL, a form or a file to what customers read word for word."""

import uuid
from collections.abc import Callable
from io import TextIOWrapper

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge.curated import keeping
from knowledge.curated.exchange import Imported, ImportRefused, export_answers, import_answers
from knowledge.curated.files import FORMATS, read, write
from knowledge.curated.planning import CuratedPlan
from knowledge.errors import PermanentError
from knowledge.models import CuratedAnswer
from knowledge.querysets import documents_in_shelves, shelves
from knowledge.staff.access import member_of_staff, staff_required, way_back
from knowledge.staff.curated_forms import CuratedFilterForm, CuratedForm, ImportForm
from knowledge.staff.ordered import Ordered
from knowledge.staff.pages import staff_page

LIST = "staff:curated"
# Answers are only ever added: their numbers are in the order of their moments.
NEWEST = Ordered("id", is_descending=True)
MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@require_safe
@staff_required
def curated_list(request: HttpRequest) -> HttpResponse:
    """Show the curated answers that match the filters in the URL, newest first."""
    form = CuratedFilterForm(request.GET)
    context = {
        "section": "curated",
        "form": form,
        "page": NEWEST.page(form.found(), request.GET.dict()),
        "today": timezone.localdate(),
        "list_url": request.get_full_path(),
        "has_shelves": shelves().exists(),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return staff_page(request, "staff/curated/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def curated_new(request: HttpRequest) -> HttpResponse:
    """Add a curated answer; ``question`` and ``document`` in the URL fill in the form."""
    if request.method == "POST":
        return _saved(request, CuratedForm(request.POST), None)
    initial = {name: request.GET[name] for name in ("question", "collection") if name in request.GET}
    document = documents_in_shelves().filter(pk__in=_uuids(request.GET.get("document", ""))).first()
    if document is not None:
        initial |= {"document": str(document.pk), "collection": document.collection.slug}
    return _form_page(request, CuratedForm(initial=initial), None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def curated_edit(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Change a curated answer."""
    answer = _answer(answer_id)
    if request.method == "POST":
        return _saved(request, CuratedForm(request.POST), answer)
    return _form_page(request, CuratedForm.showing(CuratedPlan.of(answer)), answer)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def curated_delete(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Ask whether to delete a curated answer, and delete it when the answer is yes."""
    answer = _answer(answer_id)
    if request.method == "POST":
        return _act(request, answer, lambda by: keeping.remove(answer, by), _("“%(name)s” is deleted."))
    context = {"section": "curated", "answer": answer, "name": keeping.name_of(answer)}
    return staff_page(request, "staff/curated/delete.html", context)


@require_POST
@staff_required
def curated_enable(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Let customers get the answer."""
    answer = _answer(answer_id)
    done = _("“%(name)s” is given to customers from the next question on.")
    return _act(request, answer, lambda by: keeping.set_enabled(answer, True, by), done)


@require_POST
@staff_required
def curated_disable(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Keep the answer from customers without deleting it."""
    answer = _answer(answer_id)
    done = _("“%(name)s” is disabled: it is given to nobody.")
    return _act(request, answer, lambda by: keeping.set_enabled(answer, False, by), done)


@require_POST
@staff_required
def curated_confirm(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Clear the warning: the answer still holds."""
    answer = _answer(answer_id)
    done = _("“%(name)s” still holds; this warning does not come back.")
    return _act(request, answer, lambda by: keeping.confirm(answer, by), done)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def curated_import(request: HttpRequest) -> HttpResponse:
    """Take in a file of curated answers, wholly or not at all unless bad rows may be skipped."""
    if request.method != "POST":
        return _import_page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import_page(request, form)
    try:
        done = _taken_in(form, member_of_staff(request))
    except ImportRefused as refused:
        return _import_page(request, form, refused.problems)
    except PermanentError as error:
        return _import_page(request, form, (str(error),))
    messages.success(request, _counted(done))
    if done.problems:
        return _import_page(request, ImportForm(), tuple(done.problems), done)
    return redirect(LIST)


@require_safe
@staff_required
def curated_export(request: HttpRequest, kind: str) -> HttpResponse:
    """Send all curated answers, or those of ``collection``, as a file."""
    if kind not in FORMATS:
        raise Http404(_("Curated answers are exported as CSV or JSON."))
    wanted = request.GET.get("collection", "")
    text = "".join(write(export_answers([wanted] if wanted else []), kind))
    headers = {"Content-Disposition": f'attachment; filename="curated-answers.{kind}"'}
    return HttpResponse(text, content_type=MEDIA[kind], headers=headers)


def _saved(request: HttpRequest, form: CuratedForm, answer: CuratedAnswer | None) -> HttpResponse:
    if not form.is_valid():
        return _form_page(request, form, answer)
    by = member_of_staff(request)
    try:
        plan = form.plan()
        saved = keeping.change(answer, plan, by) if answer else keeping.add(plan, by)
    except PermanentError as error:
        form.add_error(None, str(error))
        return _form_page(request, form, answer)
    messages.success(request, _("“%(name)s” is saved.") % {"name": keeping.name_of(saved)})
    return redirect(LIST)


def _form_page(request: HttpRequest, form: CuratedForm, answer: CuratedAnswer | None) -> HttpResponse:
    linked = documents_in_shelves().filter(pk__in=_uuids(str(form["document"].value() or ""))).first()
    if linked is None:
        del form.fields["keeps_document"]
    context = {"section": "curated", "form": form, "answer": answer, "linked": linked}
    return staff_page(request, "staff/curated/edit.html", context | {"has_shelves": shelves().exists()})


def _import_page(
    request: HttpRequest, form: ImportForm, problems: tuple[str, ...] = (), done: Imported | None = None
) -> HttpResponse:
    context = {"section": "curated", "form": form, "problems": problems, "done": done}
    return staff_page(request, "staff/curated/import.html", context)


def _taken_in(form: ImportForm, by: User) -> Imported:
    file, kind = form.cleaned_data["file"], form.kind()
    if not kind:
        raise PermanentError(_("This is neither CSV nor JSON by its name: save it as .csv or .json."))
    if file.size > settings.UPLOAD_MAX_MB * 2**20:
        raise PermanentError(
            _("This file is larger than %(size)s MB: split it.") % {"size": settings.UPLOAD_MAX_MB}
        )
    text = TextIOWrapper(file.file, encoding="utf-8", newline="")
    skip_bad: bool = form.cleaned_data["skip_bad"]
    return import_answers(read(text, kind), form.cleaned_data["collection"], by, skip_bad)


def _counted(done: Imported) -> str:
    figures = {"changed": done.changed, "unchanged": done.unchanged, "added": done.added}
    return (
        ngettext(
            "%(added)d answer added, %(changed)d changed, %(unchanged)d as they were.",
            "%(added)d answers added, %(changed)d changed, %(unchanged)d as they were.",
            done.added,
        )
        % figures
    )


def _act(
    request: HttpRequest, answer: CuratedAnswer, act: Callable[[User], object], done: str
) -> HttpResponse:
    """Run ``act`` on the answer and say in one sentence how it went."""
    name = keeping.name_of(answer)
    try:
        act(member_of_staff(request))
    except PermanentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done % {"name": name})
    return redirect(way_back(request, LIST))


def _uuids(text: str) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(text)]
    except ValueError:
        return []


def _answer(answer_id: int) -> CuratedAnswer:
    return get_object_or_404(CuratedAnswer.objects.filter(collection__is_scratch=False), pk=answer_id)
