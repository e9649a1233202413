"""Ordered lists: from a queryset with one unique column to one page of it.

What ``paging`` does by a moment and a UUID, for rows that have a number or a name of their
own: the cursor is the value of that column, so that page 900 costs what page 1 costs.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404

from knowledge.staff.paging import DAMAGED, Paging, Row


@dataclass(frozen=True)
class Ordered(Paging):
    """An order by one column that is unique among the rows."""

    column: str
    is_descending: bool = False

    def _fetch(self, rows: QuerySet[Row], cursor: str, backwards: bool) -> list[Row]:
        descending = self.is_descending != backwards
        if cursor:
            value = self._parse(rows.model, cursor)
            rows = rows.filter(**{f"{self.column}__{'lt' if descending else 'gt'}": value})
        return list(rows.order_by(f"-{self.column}" if descending else self.column)[: self.size + 1])

    def _cursor(self, row: Model) -> str:
        return str(getattr(row, self.column))

    def _parse(self, model: type[Model], cursor: str) -> object:
        field = model._meta.get_field(self.column)
        try:
            if "\0" in cursor:
                raise ValidationError(cursor)
            return field.to_python(cursor)  # type: ignore[union-attr]  # a column, no relation
        except ValidationError as error:
            raise Http404(str(DAMAGED)) from error
