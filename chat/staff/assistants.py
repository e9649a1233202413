"""The assistants: from a form to a configured bot and the tag that puts it on a website."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chat.evaluation.doorbell import ring_for_suggestions
from chat.models import Assistant
from chat.querysets import assistants_with_counts
from chat.staff.assistant_forms import AssistantForm
from chat.staff.embedding import snippet_of
from knowledge.staff.access import staff_required
from knowledge.staff.pages import staff_page


@require_safe
@staff_required
def assistant_list(request: HttpRequest) -> HttpResponse:
    """Show all assistants."""
    context = {"section": "assistants", "assistants": assistants_with_counts()}
    return staff_page(request, "staff/assistants/list.html", context, ("answers",))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def assistant_new(request: HttpRequest) -> HttpResponse:
    """Create an assistant."""
    return _edit(request, Assistant())


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def assistant_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change an assistant and show the tag that embeds it."""
    return _edit(request, get_object_or_404(Assistant, key=key))


def _edit(request: HttpRequest, assistant: Assistant) -> HttpResponse:
    form = AssistantForm(request.POST if request.method == "POST" else None, instance=assistant)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        ring_for_suggestions(saved.pk)
        messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
        return redirect("staff:assistant", key=saved.key)
    context = {
        "section": "assistants",
        "form": form,
        "assistant": assistant,
        "snippet": snippet_of(request, assistant) if assistant.pk else "",
        "unanswerable": assistant.unanswerable,
        "tab": "basics",
    }
    return staff_page(request, "staff/assistants/edit.html", context)
