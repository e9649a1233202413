"""Composing: from a conversation to the plain text of a mail, in the language of whoever reads it.

The words are templates, one folder per language; the first line of each is the subject.
"""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from chat.conversations.transcript import citation_data, public_name
from chat.mail.addresses import CUSTOMER, STAFF, reply_address
from chat.mail.jobs import Draft, one_line
from chat.models import Citation, Conversation, MailKind, Message, Role

LANGUAGES = ("en", "de", "es")
MOST_MESSAGES = 100  # of a transcript; the last ones
SUBJECT_CHARACTERS = 70


def to_staff(conversation: Conversation, kind: MailKind, key: str, messages: Sequence[Message]) -> Draft:
    """Return the mail that tells staff what a customer wrote, with the transcript of these messages."""
    language = spoken(conversation.assistant.language)
    context = {
        "is_new": kind == MailKind.WAITING,
        "address": settings.PUBLIC_URL + reverse("staff:conversation", args=[conversation.pk]),
    }
    subject, text = _rendered(conversation, "to_staff", language, messages, context)
    reply_to = reply_address(STAFF, conversation.pk)
    return Draft(kind, key, conversation.assistant.notify_email, subject, text, reply_to)


def to_customer(conversation: Conversation, key: str, to: str, messages: Sequence[Message]) -> Draft:
    """Return the mail that brings a customer the replies they have not seen."""
    language = spoken(conversation.language or conversation.assistant.language)
    context = {"address": conversation.page_url or settings.PUBLIC_URL}
    subject, text = _rendered(conversation, "to_customer", language, messages, context)
    reply_to = reply_address(CUSTOMER, conversation.pk)
    return Draft(MailKind.STAFF_REPLIED, key, to, subject, text, reply_to)


def spoken(language: str) -> str:
    """Return the language in which we have words for somebody."""
    code = language.lower().partition("-")[0]
    return code if code in LANGUAGES else LANGUAGES[0]


def customer_name(conversation: Conversation) -> str:
    """Return what a customer is called, as they or their website said; empty when nobody did."""
    known = conversation.customer
    return one_line(conversation.name or (known.name if known else ""), 60)


def _rendered(
    conversation: Conversation,
    template: str,
    language: str,
    messages: Sequence[Message],
    context: dict[str, object],
) -> tuple[str, str]:
    """Return subject and text of a mail."""
    first = conversation.messages.filter(role=Role.CUSTOMER).exclude(text="").order_by("created_at").first()
    values = {
        "conversation": conversation,
        "assistant": conversation.assistant,
        "name": customer_name(conversation),
        "first": one_line(first.text if first else "", SUBJECT_CHARACTERS),
        "can_reply": bool(settings.MAIL_DOMAIN),
        "entries": list(_entries(conversation, language, messages)),
        **context,
    }
    with translation.override(language):
        rendered = render_to_string(f"mail/{language}/{template}.txt", values)
    subject, _, text = rendered.lstrip().partition("\n")
    return subject, text.strip() + "\n"


def _entries(
    conversation: Conversation, language: str, messages: Sequence[Message]
) -> Iterable[dict[str, object]]:
    names = {Role.CUSTOMER: customer_name(conversation), Role.ASSISTANT: conversation.assistant.name}
    with translation.override(language):
        for message in list(messages)[-MOST_MESSAGES:]:
            yield {
                "role": message.role,
                "who": names.get(Role(message.role)) or public_name(message.author),
                "at": date_format(timezone.localtime(message.created_at), "SHORT_DATETIME_FORMAT"),
                "text": message.words,
                "citations": [_cited(citation) for citation in message.citations.all()],
                "attachments": [one_line(attachment.name, 200) for attachment in message.attachments.all()],
            }


def _cited(citation: Citation) -> str:
    """Return one line of the list of citations; its address is absolute, for it is read far from here."""
    data = citation_data(citation)
    url = str(data["url"])
    place = " · ".join(str(part) for part in (data["title"], data["page"] and f"p. {data['page']}") if part)
    absolute = f"{settings.PUBLIC_URL}{url}" if url.startswith("/") else url
    return " ".join(part for part in (f"[{data['number']}]", one_line(place, 200), absolute) if part)
