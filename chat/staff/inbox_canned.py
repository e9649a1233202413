"""Canned replies: from a form to words that staff use again and again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chat.models import CannedReply
from chat.staff.inbox_forms import CannedForm
from knowledge.staff.access import member_of_staff, staff_required
from knowledge.staff.pages import staff_page


@require_safe
@staff_required
def canned_list(request: HttpRequest) -> HttpResponse:
    """Show all canned replies by their shortcut."""
    replies = CannedReply.objects.select_related("assistant", "created_by")
    return staff_page(request, "staff/inbox/canned_list.html", {"section": "inbox", "replies": replies})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def canned_new(request: HttpRequest) -> HttpResponse:
    """Write a canned reply."""
    return _edit(request, CannedReply(created_by=member_of_staff(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def canned_edit(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Change a canned reply."""
    return _edit(request, get_object_or_404(CannedReply, pk=reply_id))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def canned_delete(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Ask whether a canned reply shall go, and let it go."""
    reply = get_object_or_404(CannedReply, pk=reply_id)
    if request.method == "POST":
        reply.delete()
        messages.success(request, _("“/%(shortcut)s” is deleted.") % {"shortcut": reply.shortcut})
        return redirect("staff:canned")
    return staff_page(request, "staff/inbox/canned_delete.html", {"section": "inbox", "reply": reply})


def _edit(request: HttpRequest, reply: CannedReply) -> HttpResponse:
    form = CannedForm(request.POST if request.method == "POST" else None, instance=reply)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("“/%(shortcut)s” is saved.") % {"shortcut": saved.shortcut})
        return redirect("staff:canned")
    context = {"section": "inbox", "form": form, "reply": reply}
    return staff_page(request, "staff/inbox/canned_edit.html", context)
