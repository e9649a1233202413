"""Keyset paging: from an ordered queryset and a cursor to one page of it.

A cursor names a row (its time and id), not a distance, so that page 900 costs what
page 1 costs and nothing is shown twice while new rows arrive.
"""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

PAGE = 50
DAMAGED = _("This link to a page of a list is damaged. Open the list again.")
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """One page of rows; ``after`` and ``before`` are cursors, empty where nothing follows."""

    rows: list[Row]
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Paging(ABC):
    """An order of rows, of which each page begins behind a cursor."""

    size: int = field(default=PAGE, kw_only=True)

    def page(self, rows: QuerySet[Row], cursors: Mapping[str, str]) -> Slice[Row]:
        """Return the rows after ``cursors["after"]``, or before ``cursors["before"]``, or the first ones.

        Raises ``Http404`` when the cursor is not one of ours.
        """
        after, before = cursors.get("after", ""), cursors.get("before", "")
        backwards = bool(before) and not after
        found = self._fetch(rows, after or before, backwards)
        more, found = len(found) > self.size, found[: self.size]
        if backwards:
            found.reverse()
        follows, precedes = (True, more) if backwards else (more, bool(after))
        return Slice(
            rows=found,
            after=self._cursor(found[-1]) if found and follows else "",
            before=self._cursor(found[0]) if found and precedes else "",
        )

    @abstractmethod
    def _fetch(self, rows: QuerySet[Row], cursor: str, backwards: bool) -> list[Row]:
        """Return one row more than a page behind the cursor, in the order asked for."""

    @abstractmethod
    def _cursor(self, row: Model) -> str:
        """Return what names the place of a row."""


@dataclass(frozen=True)
class Keyset(Paging):
    """An order by a moment and then by a UUID; ``newest_first`` turns only the moment around."""

    moment: str
    newest_first: bool = True

    def _fetch(self, rows: QuerySet[Row], cursor: str, backwards: bool) -> list[Row]:
        descending = self.newest_first != backwards
        order = [f"-{self.moment}" if descending else self.moment, "-pk" if backwards else "pk"]
        if cursor:
            moment, key = _parse(cursor)
            later = {f"{self.moment}__{'lt' if descending else 'gt'}": moment}
            same = {self.moment: moment, f"pk__{'lt' if backwards else 'gt'}": key}
            rows = rows.filter(Q(**later) | Q(**same))
        return list(rows.order_by(*order)[: self.size + 1])

    def _cursor(self, row: Model) -> str:
        moment: datetime = getattr(row, self.moment)
        return f"{moment.isoformat()}~{row.pk}"


def _parse(cursor: str) -> tuple[datetime, uuid.UUID]:
    moment, _separator, key = cursor.partition("~")
    try:
        parsed = datetime.fromisoformat(moment)
        if parsed.tzinfo is None:
            raise ValueError(moment)
        return parsed, uuid.UUID(key)
    except ValueError as error:
        raise Http404(str(DAMAGED)) from error
