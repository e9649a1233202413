"""Calibrations: how an installation turns the engine's confidence into its own; the newest is in force."""

from django.conf import settings
from django.db import models


class Calibration(models.Model):
    """From what probability on to answer, and the line that makes a probability of the log-odds.

    Rows are only added: who changed what and when stays to be seen. Without any row the
    values that the product was shipped with are in force.
    """

    answer_from = models.FloatField()
    slope = models.FloatField()
    intercept = models.FloatField()
    fitted_on = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"from {self.answer_from:.2f}"
