"""Support: is a sentence borne out by the passages it could cite, and by which of their sentences?

Asked before a customer sees anything. What can be told exactly is told exactly and has a veto:
numbers with their units *and what they qualify*, dates, denials, opposites, codes. The rest is a
probability (``weights``). Vectors and a judge are ports: both may be absent.
"""

from chat.answering.support.asking import model_judge
from chat.answering.support.judging import Borne, Judge, Support, Vectors
from chat.answering.support.weighing import Weighed

__all__ = ["Borne", "Judge", "Support", "Vectors", "Weighed", "model_judge"]
