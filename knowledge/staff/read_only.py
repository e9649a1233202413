"""The base of both engine rooms: rows of the stock admin that people look at and do not touch.

State changes only through the use cases, in knowledge and in chat alike.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

if TYPE_CHECKING:  # generic for the type checker only
    StockAdmin = admin.ModelAdmin[Model]
else:
    StockAdmin = admin.ModelAdmin


class ReadOnlyAdmin(StockAdmin):
    """Rows to look at: nothing is added, changed or deleted, and large tables are not counted twice.

    ``heavy`` names columns that neither lists nor pages load.
    """

    show_full_result_count = False
    list_per_page = 50
    heavy: tuple[str, ...] = ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: rows come from the use cases."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: rows change through the use cases."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: rows go through the use cases."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        """Return the rows without the heavy columns."""
        rows = super().get_queryset(request)
        return rows.defer(*self.heavy) if self.heavy else rows
