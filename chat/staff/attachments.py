"""Attachments for staff: what a customer sent, as a download."""

import uuid

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from chat.attachments.serving import download
from chat.models import Attachment
from knowledge.staff.access import staff_required


@require_safe
@staff_required
def attachment(request: HttpRequest, attachment_id: uuid.UUID) -> HttpResponseBase:
    """Hand an attachment over, never to be shown by the browser."""
    return download(get_object_or_404(Attachment, pk=attachment_id))
