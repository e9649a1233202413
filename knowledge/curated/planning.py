"""Planning: what staff want a curated answer to be, checked before anything is stored."""

import re
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from knowledge.curated.agreeing import normalised
from knowledge.errors import PermanentError
from knowledge.language import LANGUAGES, detect
from knowledge.models import Audience, Collection, CuratedAnswer, CuratedQuestion, Document

LONGEST_QUESTION = 500  # characters
LONGEST_TEXT = 8000
LONGEST_URL = 500
MOST_VARIANTS = 100
_MARK = re.compile(r"\[\d{1,2}\](?!\()")
_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True)
class CuratedPlan:
    """A curated answer as staff want it.

    An empty ``audience`` is the collection's, an empty ``language`` is detected from the text.
    """

    collection: Collection
    question: str
    text: str
    variants: tuple[str, ...] = ()
    language: str = ""
    audience: str = ""
    document: Document | None = None
    source_url: str = ""
    expires_on: date | None = None
    is_enabled: bool = True

    @classmethod
    def of(cls, answer: CuratedAnswer) -> "CuratedPlan":
        """Return the plan of an answer as it is."""
        questions = [question.text for question in answer.questions.all()]
        names = set(cls.__dataclass_fields__) - {"question", "variants"}
        values = {name: getattr(answer, name) for name in names}
        return cls(question=questions[0] if questions else "", variants=tuple(questions[1:]), **values)


def checked(plan: CuratedPlan) -> dict[str, object]:
    """Return the columns of the answer.

    Raises:
        PermanentError: Something of the plan cannot be; the text says what, and what to do.
    """
    text = plan.text.replace("\r\n", "\n").strip()
    _check_text(text)
    source_url = plan.source_url.strip()
    _check_address(source_url)
    audience = plan.audience or plan.collection.audience
    if audience not in Audience.values:
        raise PermanentError(f"“{audience}” is no audience: use one of {', '.join(Audience.values)}.")
    if plan.language and plan.language not in LANGUAGES:
        raise PermanentError(f"“{plan.language}” is no language code we know: use one like en, de or es.")
    if plan.document is not None and plan.document.collection_id != plan.collection.pk:
        raise PermanentError(
            f"“{plan.document.title}” is not in {plan.collection.name}: link a document of that collection."
        )
    return {
        "collection": plan.collection,
        "audience": audience,
        "language": plan.language or detect(text),
        "text": text,
        "document": plan.document,
        "source_url": source_url,
        "expires_on": plan.expires_on,
        "is_enabled": plan.is_enabled,
    }


def questions_of(plan: CuratedPlan, language: str) -> list[CuratedQuestion]:
    """Return the question and its variants, each wording once, not yet stored.

    Raises:
        PermanentError: There is no question, or one cannot be; the text says which.
    """
    rows: dict[str, CuratedQuestion] = {}
    for text in (plan.question, *plan.variants):
        plain = " ".join(text.split())
        wording = normalised(plain)
        if not wording:
            raise PermanentError("A question is empty: write it in the words of a customer.")
        if len(plain) > LONGEST_QUESTION or "\x00" in plain:
            raise PermanentError(
                f"The question “{plain[:40]}…” cannot be stored: "
                f"use plain text of at most {LONGEST_QUESTION} characters."
            )
        spoken = detect(plain, default=language)
        row = CuratedQuestion(ordinal=len(rows), text=plain, wording=wording[:1000], language=spoken)
        rows.setdefault(wording, row)
    if len(rows) > MOST_VARIANTS:
        raise PermanentError(f"There are {len(rows)} wordings: keep the {MOST_VARIANTS} most telling ones.")
    return list(rows.values())


def _check_text(text: str) -> None:
    if not text or "\x00" in text:
        raise PermanentError("The answer is empty or is not plain text: write what customers shall read.")
    if len(text) > LONGEST_TEXT:
        raise PermanentError(f"The answer has {len(text)} characters: shorten it to {LONGEST_TEXT}.")
    if mark := _MARK.search(text):
        raise PermanentError(
            f"“{mark.group()}” in the answer would pass for a citation: write it in round brackets."
        )


def _check_address(url: str) -> None:
    if not url:
        return
    try:
        _address(url)
    except ValidationError:
        raise PermanentError(f"“{url[:80]}” is no address of a page: begin it with https://.") from None
    if len(url) > LONGEST_URL:
        raise PermanentError(
            f"The source address is longer than {LONGEST_URL} characters: use a shorter one."
        )
