"""Ordered lists: from a queryset with one unique column to one page of it.

What ``paging`` does by a moment and a UUID, for rows that have a number or a name of their
own: the cursor is the value of that column, so that page 900 costs what page 1 costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from knowledge.staff.paging import PAGE, Slice

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order by one column that is unique among the rows."""

    column: str
    is_descending: bool = False
    size: int = PAGE

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
            after=str(getattr(found[-1], self.column)) if found and follows else "",
            before=str(getattr(found[0], self.column)) if found and precedes else "",
        )

    def _fetch(self, rows: QuerySet[Row], cursor: str, backwards: bool) -> list[Row]:
        descending = self.is_descending != backwards
        if cursor:
            value = self._parse(rows.model, cursor)
            rows = rows.filter(**{f"{self.column}__{'lt' if descending else 'gt'}": value})
        return list(rows.order_by(f"-{self.column}" if descending else self.column)[: self.size + 1])

    def _parse(self, model: type[Model], cursor: str) -> object:
        field = model._meta.get_field(self.column)
        try:
            if "\0" in cursor:
                raise ValidationError(cursor)
            return field.to_python(cursor)  # type: ignore[union-attr]  # a column, no relation
        except ValidationError as error:
            raise Http404(_("This link to a page of a list is damaged. Open the list again.")) from error
