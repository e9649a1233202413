"""Uploads: from a form with files to accepted documents, one sentence for each file."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from knowledge.errors import PermanentError
from knowledge.ingestion.accept import Made, accept_file
from knowledge.models import Collection
from knowledge.staff.access import member_of_staff, staff_required, way_back
from knowledge.staff.forms import UploadForm


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one uploaded file."""

    name: str
    accepted: bool
    sentence: str


@require_POST
@staff_required
def upload(request: HttpRequest) -> HttpResponse:
    """Accept the uploaded files; answer JSON to our script and messages to a plain form."""
    form = UploadForm(request.POST)
    files = request.FILES.getlist("files")
    by = member_of_staff(request)
    if not form.is_valid():
        receipts = [Receipt("", False, str(form.errors["collection"][0]))]
    elif not files:
        receipts = [Receipt("", False, _("No file was chosen. Choose at least one file and upload again."))]
    else:
        receipts = [_receive(file, form.cleaned_data["collection"], by) for file in files]
    if request.accepts("text/html"):
        return _as_messages(request, receipts)
    return JsonResponse({"files": [asdict(receipt) for receipt in receipts]})


def _receive(file: "UploadedFile[bytes]", collection: Collection, by: User) -> Receipt:
    name = file.name or _("unnamed file")
    try:
        with _on_disk(file) as path:
            accepted = accept_file(path, name, collection, Made(by))
    except PermanentError as error:
        return Receipt(name, False, str(error))
    return Receipt(name, True, accepted.note or _("Received; it is waiting to be read."))


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
        sentence = f"{receipt.name}: {receipt.sentence}" if receipt.name else receipt.sentence
        (messages.success if receipt.accepted else messages.error)(request, sentence)
    return redirect(way_back(request, "staff:documents"))
