"""Serving: an attachment as a download that no browser runs, shows or keeps."""

from urllib.parse import quote

from django.http import FileResponse, Http404

from chat.attachments import keeping
from chat.models import Attachment


def download(attachment: Attachment) -> FileResponse:
    """Return the response that hands an attachment over.

    Raises:
        Http404: Its bytes are gone from storage.
    """
    try:
        content = keeping.opened(attachment)
    except FileNotFoundError as error:
        raise Http404(str(attachment.pk)) from error
    response = FileResponse(content, content_type=attachment.media_type)
    # Both forms: the plain one for old clients, in ASCII; nothing of the name can end the quotes.
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in attachment.name
    )
    response["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(attachment.name, safe='')}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
