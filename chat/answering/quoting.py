"""Quoting: an answer made of the passages' own sentences, without any model.

The best passage speaks first: the answer of a Q&A row whole, the rows of a table that
match, a list whole, otherwise the run of neighbouring sentences that meets the question
best. A second passage adds its best run when it is nearly as good and from elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chat.answering.citing import Citer, mark, without_brackets
from chat.answering.events import Cited, Text
from knowledge.lexemes import query_lexemes
from knowledge.passages import Passage
from knowledge.sentences import sentences

MOST_WORDS = 70  # of one run of sentences
WHOLE_BELOW = 90  # words: a passage this short is quoted whole
SECOND_FROM = 0.8  # share of the best passage's score
MOST_ROWS = 3  # of a table


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a passage's text, and how it is shown as Markdown."""

    start: int
    end: int
    shown: str


def quote(question: str, passages: Sequence[Passage], citer: Citer, language: str) -> Iterator[Cited | Text]:
    """Yield an answer in the passages' own words, each quote cited."""
    for passage in _speakers(passages):
        stretch = _stretch(question, passage, language)
        citation, is_new = citer.cite(passage, stretch.start, stretch.end)
        if is_new:
            yield Cited(citation)
        separator = "\n\n" if citation.number > 1 else ""
        # A table must end before its mark, or the mark would become a cell.
        glue = "\n\n" if stretch.shown.startswith("|") else ""
        yield Text(f"{separator}{without_brackets(stretch.shown)}{glue}{mark([citation])}")


def _speakers(passages: Sequence[Passage]) -> Iterator[Passage]:
    best = passages[0]
    yield best
    for other in passages[1:4]:
        elsewhere = (other.version_id, other.heading_path) != (best.version_id, best.heading_path)
        near = other.score >= SECOND_FROM * best.score and other.dense >= best.dense - 0.01
        if elsewhere and near and other.language == best.language:
            yield other
            return


def _stretch(question: str, passage: Passage, language: str) -> Stretch:
    text = passage.text
    if passage.kind == "table":
        return _rows(question, passage, language)
    if passage.question and text.startswith(passage.question):
        start = (
            len(passage.question)
            + len(text[len(passage.question) :])
            - len(text[len(passage.question) :].lstrip())
        )
        return Stretch(start, len(text), text[start:])
    # Half of a list of steps would be worse than none.
    if passage.kind == "list_item" or len(text.split()) <= WHOLE_BELOW:
        return Stretch(0, len(text), text)
    start, end = _best_run(question, passage, language)
    return Stretch(start, end, text[start:end])


def _best_run(question: str, passage: Passage, language: str) -> tuple[int, int]:
    """Return the span of the neighbouring sentences that hold most of the question's words."""
    spans = sentences(passage.text, passage.language)
    wanted = set(query_lexemes(question, passage.language)) | set(query_lexemes(question, language))
    gains = [len(wanted & set(query_lexemes(passage.text[a:b], passage.language))) for a, b in spans]
    middle = max(range(len(spans)), key=lambda i: (gains[i], -i), default=0)
    first = last = middle
    words = _words(passage, spans[middle])
    while True:
        after = words + _words(passage, spans[last + 1]) if last + 1 < len(spans) else MOST_WORDS + 1
        before = words + _words(passage, spans[first - 1]) if first > 0 else MOST_WORDS + 1
        if after <= MOST_WORDS:
            last, words = last + 1, after
        elif before <= MOST_WORDS:
            first, words = first - 1, before
        else:
            return spans[first][0], spans[last][1]


def _words(passage: Passage, span: tuple[int, int]) -> int:
    return len(passage.text[span[0] : span[1]].split())


def _rows(question: str, passage: Passage, language: str) -> Stretch:
    """Show the header and the rows that meet the question best, in their order, as a Markdown table."""
    lines = passage.text.split("\n")
    header, body = lines[0], lines[1:]
    wanted = set(query_lexemes(question, passage.language)) | set(query_lexemes(question, language))
    gains = [len(wanted & set(query_lexemes(line, passage.language))) for line in body]
    best = max(gains, default=0)
    chosen = [line for line, gain in zip(body, gains, strict=True) if gain == best][:MOST_ROWS]
    rule = "|" + " --- |" * max(header.count("|") - 1, 1)
    first = passage.text.find(chosen[0]) if chosen else 0
    last = passage.text.find(chosen[-1]) + len(chosen[-1]) if chosen else len(passage.text)
    return Stretch(first, last, "\n".join([header, rule, *chosen]))
