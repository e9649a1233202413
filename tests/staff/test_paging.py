"""Keyset paging: every row once, in order, forwards and backwards, also with equal times."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import QuerySet
from django.http import Http404

from knowledge.models import Document
from knowledge.staff.paging import Keyset
from tests.staff.conftest import MakeDocument

DAY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def seven(make_document: MakeDocument) -> QuerySet[Document]:
    documents = [make_document(f"Manual {n}") for n in range(7)]
    for n, document in enumerate(documents):
        # Pairs share a moment, so that only the id can keep them apart.
        Document.objects.filter(pk=document.pk).update(created_at=DAY + timedelta(hours=n // 2))
    return Document.objects.all()


@pytest.mark.parametrize("newest_first", [True, False])
def test_walking_forwards_and_back_shows_every_row_once_in_one_order(
    seven: QuerySet[Document], newest_first: bool
) -> None:
    keyset = Keyset("created_at", newest_first=newest_first, size=3)
    expected = list(seven.order_by("-created_at" if newest_first else "created_at", "pk"))

    pages = [keyset.page(seven, {})]
    while pages[-1].after:
        pages.append(keyset.page(seven, {"after": pages[-1].after}))
    back = [pages[-1]]
    while back[-1].before:
        back.append(keyset.page(seven, {"before": back[-1].before}))

    assert [row for page in pages for row in page.rows] == expected
    assert [row for page in reversed(back) for row in page.rows] == expected


def test_a_row_that_arrives_meanwhile_is_not_shown_twice(
    seven: QuerySet[Document], make_document: MakeDocument
) -> None:
    keyset = Keyset("created_at", size=3)
    first = keyset.page(seven, {})

    make_document("Arrived in between")
    second = keyset.page(seven, {"after": first.after})

    assert not set(first.rows) & set(second.rows)


@pytest.mark.parametrize("cursor", ["x", "2026-01-01~", "2026-01-01T00:00:00~7", "\x00~\x00"])
def test_a_damaged_cursor_is_a_page_that_does_not_exist(seven: QuerySet[Document], cursor: str) -> None:
    keyset = Keyset("created_at", size=3)

    with pytest.raises(Http404):
        keyset.page(seven, {"after": cursor})
