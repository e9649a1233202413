"""Programs: what another program asks us, by REST or MCP, and what it is told.

The same engine as customers', without a conversation: no question and no answer is kept.
"""

from chat.programs.asking import Ask, CannotAsk, Prepared, prepare
from chat.programs.views import AnswerView, CitationView, PassageView, rounded, told

__all__ = [
    "AnswerView",
    "Ask",
    "CannotAsk",
    "CitationView",
    "PassageView",
    "Prepared",
    "prepare",
    "rounded",
    "told",
]
