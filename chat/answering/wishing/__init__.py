"""Wishing: whether somebody wishes to speak with a person of ours, or asks about a product that has people.

From a wish on the assistant is silent, so "Can I chat with my staff in the app?" must be none. In doubt
nothing is: who is answered can ask again in plainer words, who was passed on by mistake gets no answer.
"""

from chat.answering.wishing.wish import is_about_own, wishes_a_person

__all__ = ["is_about_own", "wishes_a_person"]
