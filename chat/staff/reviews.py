"""Reviews: from the form beside an answer to a recorded verdict."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.conversations.reviews import ReviewDraft, record_review
from chat.models import Message
from chat.querysets import reviewable_messages
from chat.staff.forms import ReviewForm
from knowledge.staff.access import is_htmx, member_of_staff, staff_required


@require_POST
@staff_required
def review(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """Record the verdict of whoever is signed in on one answer."""
    message = get_object_or_404(reviewable_messages(), pk=message_id)
    form = ReviewForm(request.POST, auto_id=f"review-{message.pk}-%s")
    recorded = None
    if form.is_valid():
        values = form.cleaned_data
        draft = ReviewDraft(values["verdict"], values["note"], values["better_answer"])
        recorded = record_review(message, draft, member_of_staff(request))
    if is_htmx(request):
        context = {"message": message, "form": form, "review": recorded, "is_saved": recorded is not None}
        return render(request, "staff/conversations/_review.html", context)
    return _without_script(request, message, form)


def _without_script(request: HttpRequest, message: Message, form: ReviewForm) -> HttpResponse:
    if form.errors:
        for problems in form.errors.values():
            messages.error(request, str(problems[0]))
    else:
        messages.success(request, _("The review is saved."))
    return redirect(f"{reverse('staff:conversation', args=[message.conversation_id])}#message-{message.pk}")
