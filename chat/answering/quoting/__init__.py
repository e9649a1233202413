"""Quoting: an answer made of the passages' own sentences, without any model.

The best passage speaks first, with the sentences that meet the question and what they need to
be understood; a list of steps, a code block and the answer of a Q&A row stay whole, of a table
come the rows that match. Another passage speaks when it adds what is still open.
"""

from chat.answering.quoting.foreign import Near, texts_to_compare
from chat.answering.quoting.quote import quote

__all__ = ["Near", "quote", "texts_to_compare"]
