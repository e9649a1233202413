"""Deeds: what a customer's frame does to the conversation that its secret opens."""

import uuid
from collections.abc import Sequence

from chat.conversations import contacts, feedback, handoffs, turns
from chat.models import Event
from chat.realtime.protocol import ClientFrame, Contact, GiveFeedback, Handoff, Seen, Stop

FOUNDING = (Handoff, Contact)  # what founds a conversation where there is none


def act(conversation_id: uuid.UUID, frame: ClientFrame) -> Sequence[Event]:
    """Do what a frame asks for; return the events it made.

    Raises:
        BadQuestion: It cannot be done, said to the customer.
    """
    match frame:
        case Stop(answer):
            turns.request_stop(conversation_id, answer)
        case GiveFeedback(message, helpful, reason):
            event = feedback.give_feedback(conversation_id, message, helpful, reason)
            return [event] if event else []
        case Handoff(wanted):
            return (handoffs.request_handoff if wanted else handoffs.withdraw)(conversation_id)
        case Contact(name, email):
            return contacts.give_contact(conversation_id, name, email)
        case Seen(seq):
            contacts.mark_seen(conversation_id, seq)
    return []
