"""Support: is a sentence borne out by the passages it could cite, and by which of their sentences?

Asked before a customer sees anything. What can be told exactly is told exactly and has a veto:
numbers with their units *and what they qualify*, dates, denials, opposites, codes. The rest is a
probability (``weights``). Meaning and a judge are ports: both may be absent.
"""

from chat.answering.support.asking import model_judge
from chat.answering.support.judging import Borne, Judge, Like, Support
from chat.answering.support.weighing import Weighed
from chat.answering.support.weights import EDITION

__all__ = ["EDITION", "Borne", "Judge", "Like", "Support", "Weighed", "model_judge"]
