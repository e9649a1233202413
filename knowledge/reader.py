"""The reader: a document as customers may see it, opened at the passage an answer cites.

Public, published documents are open to everybody; all others to staff only, and to
anybody else they look as if they were not there.
"""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from knowledge.models import Audience, Version
from knowledge.parsing.base import Block
from knowledge.reading import Span, page_of, shown, visible


@require_safe
def reader(request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
    """Show a version, or the page of it, with the passage highlighted."""
    version = _readable(request).filter(id=version_id).first()
    if version is None:
        raise Http404("This document is not available any more.")
    blocks = [Block.from_json(block) for block in version.blocks]
    span = Span(_number(request, "from"), _number(request, "to"))
    page = _page(request, version, blocks, span)
    document = version.document
    is_live = document.live_version_id == version.id
    context = {
        "title": document.title,
        "collection": document.collection.name,
        "language": version.language,
        "number": version.number,
        "date": version.finished_at or version.created_at,
        "page": page,
        "pages": version.pages,
        "previous_url": _url(version, page - 1) if page and page > 1 else None,
        "next_url": _url(version, page + 1) if page and page < (version.pages or 0) else None,
        "blocks": shown(visible(blocks, page, span), span),
        "passage_found": any(span.touches(block.start, block.end) for block in blocks),
        "is_live": is_live,
        "current_url": None
        if is_live or document.live_version_id is None
        else reverse("reader", args=[document.live_version_id]),
        "original_url": None,
    }
    return render(request, "knowledge/reader.html", context)


def _readable(request: HttpRequest) -> QuerySet[Version]:
    versions = Version.objects.select_related("document__collection").exclude(text="")
    if request.user.is_authenticated and request.user.is_staff and request.user.is_active:
        return versions
    return versions.filter(document__is_published=True, document__audience=Audience.PUBLIC)


def _page(request: HttpRequest, version: Version, blocks: list[Block], span: Span) -> int | None:
    if not version.pages:
        return None
    wanted = page_of(blocks, span) or _number(request, "page") or 1
    return min(max(wanted, 1), version.pages)


def _url(version: Version, page: int) -> str:
    return f"{reverse('reader', args=[version.id])}?{urlencode({'page': page})}"


def _number(request: HttpRequest, name: str) -> int:
    """Read a number from the address; anything else counts as 0."""
    value: Any = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
