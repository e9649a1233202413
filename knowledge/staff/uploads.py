"""Uploads: from a form with files to accepted documents, one sentence for each file."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from knowledge.ingestion.accept import Made
from knowledge.ingestion.unpacking import Receipt, accept_upload
from knowledge.models import Collection
from knowledge.staff.access import member_of_staff, staff_required, way_back
from knowledge.staff.forms import UploadForm


@require_POST
@staff_required
def upload(request: HttpRequest) -> HttpResponse:
    """Accept the uploaded files; answer JSON to our script and messages to a plain form."""
    form = UploadForm(request.POST)
    files = request.FILES.getlist("files")
    by = member_of_staff(request)
    if not form.is_valid():
        receipts = [Receipt("", None, str(form.errors["collection"][0]))]
    elif not files:
        receipts = [Receipt("", None, _("No file was chosen. Choose at least one file and upload again."))]
    else:
        collection = form.cleaned_data["collection"]
        receipts = [receipt for file in files for receipt in _receive(file, collection, Made(by))]
    if request.accepts("text/html"):
        return _as_messages(request, receipts)
    return JsonResponse({"files": [_view(receipt) for receipt in receipts]})


def _receive(file: "UploadedFile[bytes]", collection: Collection, made: Made) -> list[Receipt]:
    with _on_disk(file) as path:
        return list(accept_upload(path, file.name or _("unnamed file"), collection, made))


def _view(receipt: Receipt) -> dict[str, Any]:
    sentence = receipt.sentence or _("Received; it is waiting to be read.")
    return {"name": receipt.file_name, "accepted": receipt.accepted is not None, "sentence": sentence}


@contextmanager
def _on_disk(file: "UploadedFile[bytes]") -> Iterator[Path]:
    """Yield a path to the bytes of ``file``; Django keeps small uploads in memory only."""
    if isinstance(file, TemporaryUploadedFile):
        yield Path(file.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(prefix="upload-") as copy:
        for piece in file.chunks():
            copy.write(piece)
        copy.flush()
        yield Path(copy.name)


def _as_messages(request: HttpRequest, receipts: list[Receipt]) -> HttpResponse:
    for receipt in receipts:
        view = _view(receipt)
        sentence = f"{view['name']}: {view['sentence']}" if view["name"] else view["sentence"]
        (messages.success if view["accepted"] else messages.error)(request, sentence)
    return redirect(way_back(request, "staff:documents"))
