"""Asking: from what a program names to the engine that answers it.

Naming a collection narrows what is searched and never widens it: an assistant's program stays
on the assistant's shelves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from channels.db import database_sync_to_async

from chat.answering.answerer import Answerer
from chat.answering.style import Style
from chat.conversations.answers import style_of
from chat.errors import ChatError
from chat.models import Assistant
from chat.realtime.engines import engine_in
from knowledge.querysets import shelf_names
from knowledge.retrieval import Scope

PUBLIC = ("public",)


class CannotAsk(ChatError):
    """What a program names is not there; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Whose eyes a program has, where it looks, and in which manner it is answered.

    ``within`` are the collections it was given (empty: all), ``collections`` those it names
    itself (empty: all that it may). ``form`` overrules the assistant's.
    """

    audiences: tuple[str, ...] = PUBLIC
    within: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    assistant: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What answers a program, and the scope in which it looks.

    ``language`` is for questions without one, ``form`` the one wished for or else the assistant's.
    """

    answerer: Answerer
    scope: Scope
    language: str
    form: str = "auto"


def prepared(ask: Ask) -> Prepared:
    """Return what answers.

    Raises:
        CannotAsk: It names an assistant or a collection that is not there for it.
    """
    assistant = _assistant(ask.assistant) if ask.assistant else None
    style = Style()
    if assistant is not None:
        style = style_of(assistant)
    # Nobody of staff reads what a program asks.
    style = replace(style, form=ask.form or style.form, has_people=False)
    shelves = _narrowed(ask, assistant.collections if assistant else ())
    scope = Scope(ask.audiences, shelves)
    return Prepared(engine_in(scope, style), scope, assistant.language if assistant else "", style.form)


prepare = database_sync_to_async(prepared, thread_sensitive=False)


def _assistant(key: str) -> Assistant:
    assistant = Assistant.objects.filter(key=key, is_active=True).first()
    if assistant is None:
        raise CannotAsk(f"There is no assistant “{key}”: name an active one by its key, or none.")
    return assistant


def _narrowed(ask: Ask, of_assistant: Sequence[str]) -> tuple[str, ...]:
    """Return the collections to look in; none stands for all."""
    there = {slug for slug, _ in shelf_names()}
    for slug in (*ask.within, *ask.collections):
        if slug not in there:
            raise CannotAsk(f"There is no collection “{slug}”: name one by its slug, or none for all.")
    bounds = [set(bound) for bound in (of_assistant, ask.within) if bound]
    for slug in ask.collections:
        if not all(slug in bound for bound in bounds):
            raise CannotAsk(f"The collection “{slug}” is not one of those that are asked here: leave it out.")
    if ask.collections or not bounds:
        return ask.collections
    left = set.intersection(*bounds)
    if not left:
        raise CannotAsk("The assistant answers from none of these collections: name others, or none.")
    return tuple(sorted(left))
