"""Learning: measuring answers on questions with known answers, and getting better by it."""

from chat.learning.calibrating import calibration_in_force

__all__ = ["calibration_in_force"]
