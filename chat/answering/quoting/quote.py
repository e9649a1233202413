"""Quote: from a question and its passages to the text that is shown, cited."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from chat.answering.citing import Citer, mark, without_brackets
from chat.answering.events import Cited, Text
from chat.answering.phrases import phrase
from chat.answering.quoting.choosing import Stretch, choose
from chat.answering.quoting.meeting import Asked, met, read, weight
from chat.answering.quoting.parts import Kind, Part
from chat.answering.tongues import own_name
from chat.markdown import fenced, verbatim, verbatim_line, verbatim_list
from knowledge.curated.agreeing import agree, overlap, swaps
from knowledge.lexemes import query_lexemes
from knowledge.passages import Passage

MOST_SPEAKERS = 3
CONSIDERED = 5  # passages
ADDS = 0.2  # share of the question that was open and that another passage must meet
SAYS_MORE = 1.5  # log-odds that meeting the whole question is worth
MOST_GAIN = 1.5
DEFINED = 2.0  # log-odds that saying what a code of the question stands for is worth
PLACE = 0.3  # log-odds that each place in the order of search is worth
NEAR = 0.3  # share of the best passage's score that it must have
OWN = 0.67  # share of the content words of both questions that a row's and the customer's have in common
MOST_KNOWN = 0.6  # share of its words that were already said, from which on it adds nothing


def quote(
    question: str,
    passages: Sequence[Passage],
    citer: Citer,
    language: str,
    nearness: Mapping[str, float] = MappingProxyType({}),
) -> Iterator[Cited | Text]:
    """Yield an answer in the passages' own words, each quote cited.

    A quote stays in the language of its document; in another one than the customer's it is
    announced as such, and chosen by ``nearness``: how near each of ``texts_to_compare`` is to the question.
    """
    separator, announced = "", ""
    for stretch in speakers(question, passages, language, nearness):
        asks = _question_of(stretch, question)
        citation, is_new = citer.cite(stretch.passage, 0 if asks else stretch.start, stretch.end)
        if is_new:
            yield Cited(citation)
        original = stretch.passage.language
        if original not in (language, announced):
            frame = phrase("in_original", language).format(language=own_name(original))
            separator, announced = f"{separator}{frame}\n\n", original
        shown = f"{asks}{rendered(stretch)}"
        # A table or a code block must end before its mark, or the mark would become part of it.
        glue = "\n\n" if shown.endswith(("|", "```")) else ""
        yield Text(f"{separator}{shown}{glue}{mark([citation])}")
        separator = "\n\n"


def _question_of(stretch: Stretch, question: str) -> str:
    """Return the question of a Q&A row as it is shown above its answer; nothing if it is the customer's own.

    "Do you deliver to Ireland?" finds the row "Do you deliver abroad, to the United States?", whose answer
    "No. We deliver to Ireland ..." says the contrary of what it says under its question.
    """
    passage = stretch.passage
    if not passage.question or not passage.text.startswith(passage.question):
        return ""
    is_own = agree(question, passage.question) and not swaps(question, passage.question, passage.language)
    if is_own and overlap(question, passage.question, passage.language) >= OWN:
        return ""
    return f"**{verbatim_line(without_brackets(passage.question))}**\n\n"


def speakers(
    question: str, passages: Sequence[Passage], language: str, nearness: Mapping[str, float]
) -> list[Stretch]:
    """Return the stretches that answer, the best passage's first, then those that add something."""
    considered = passages[:CONSIDERED]
    asked = read(question, language, considered, nearness)
    chosen = [stretch for passage in considered if (stretch := choose(asked, passage, question)) is not None]
    if any(stretch.gain for stretch in chosen):  # what meets nothing of a question is a cover or a footer
        chosen = [stretch for stretch in chosen if stretch.gain]
    found: list[Stretch] = []
    ranked = sorted(enumerate(chosen), key=lambda placed: _worth(placed[1]) - PLACE * placed[0], reverse=True)
    for _, stretch in ranked:
        if not found or _adds(asked, stretch, found):
            found.append(stretch)
        if len(found) == MOST_SPEAKERS:
            break
    return found


def _worth(stretch: Stretch) -> float:
    """Return how good an answer a stretch begins: its passage may be a little less likely if it says more."""
    said = SAYS_MORE * min(stretch.gain, MOST_GAIN) + DEFINED * stretch.defines
    return math.log(max(stretch.passage.score, 1e-6)) + said


def _adds(asked: Asked, stretch: Stretch, found: Sequence[Stretch]) -> bool:
    """Say whether a stretch meets what is still open of a question, and is new."""
    best, passage = found[0].passage, stretch.passage
    if passage.language != best.language or passage.score < NEAR * best.score:
        return False
    said = frozenset(word for one in found for word in query_lexemes(one.text, one.passage.language))
    words = frozenset(query_lexemes(stretch.text, passage.language))
    if len(words & said) > MOST_KNOWN * len(words):
        return False
    closed = frozenset[str]().union(*(met(asked, one.text, one.passage.language) for one in found))
    mine = met(asked, stretch.text, passage.language)
    return weight(asked, mine - closed) >= ADDS


def rendered(stretch: Stretch) -> str:
    """Return a stretch as Markdown: paragraphs, lists, tables and code as they are, headings left out."""
    pieces: list[str] = []
    before: Part | None = None
    for part in stretch.parts:
        if part.kind is Kind.HEADING:
            continue
        if before is not None:
            is_one_block = before.kind is part.kind is Kind.SENTENCE and before.block == part.block
            gap = stretch.passage.text[before.end : part.start]
            pieces.append((gap if gap.strip(" ") == "" or "\n" in gap else " ") if is_one_block else "\n\n")
        pieces.append(_shown(part, stretch.rows))
        before = part
    return "".join(pieces)


def _shown(part: Part, rows: Sequence[str]) -> str:
    match part.kind:
        case Kind.TABLE:
            header, *body = rows
            rule = "|" + " --- |" * max(header.count("|") - 1, 1)
            return "\n".join(verbatim_line(without_brackets(line)) for line in (header, rule, *body))
        case Kind.CODE:  # to be copied sign by sign, and nobody looks for a citation within
            return fenced(part.text)
        case Kind.LIST:
            return verbatim_list(without_brackets(re.sub(r"\n\s*\n", "\n", part.text)))
        case _:
            return verbatim(without_brackets(part.text))
