"""Search in the texts: from words to the documents whose live chunks hold them, and the first place in each.

The words are lexed as for retrieval and found by the same index; meaning plays no part, and staff find
what is internal, unpublished or expired too. A document counts when one of its chunks holds all words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from django.contrib.postgres.search import SearchQueryField
from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from knowledge.diffing import Segment, Segments
from knowledge.errors import PermanentError
from knowledge.lexemes import lexemes, query_lexemes
from knowledge.lexical_index import quoted
from knowledge.models import Chunk, Document, LexemeStatistic

PATIENCE = 3  # seconds; rare words take milliseconds among a million chunks
LOOKED_UP = 50_000  # chunks that may be fetched by the index: half a second, among a million
LONGEST_WORDS = 200  # characters; what follows would only narrow what is found
AROUND = 70, 170  # characters shown before and after the first word that was found
_TOKEN = re.compile(r"\w+(?:[-/._@&+#'’]\w+)*(?:\+\+|#)?")
# "e-42" is followed by "e42" and its parts, which also stand where it is written in one word.
_HYPHENATED = re.compile(r"[^\W_][-/_&+#]+[^\W_]")
_AT_A_BREAK = re.compile(r"\s+")


class TooBroad(PermanentError):
    """The words are in so much text that nobody wants to wait for the list."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document holds the words first: the chunk, and its words with those found marked."""

    chunk: Chunk
    segments: Segments


@dataclass(frozen=True)
class Wanted:
    """The words that staff look for, as the languages of the documents write them."""

    words: str
    languages: tuple[str, ...]

    @cached_property
    def lexemes(self) -> frozenset[str]:
        """Return every lexeme that counts as one of the words, in whatever language."""
        return frozenset(lexeme for language in self.languages for lexeme in self._of(language))

    @cached_property
    def ways(self) -> list[tuple[str, ...]]:
        """Return the lexemes that a chunk has to hold, once for each way that a language writes them."""
        ways = dict.fromkeys(tuple(self._of(language)) for language in self.languages)
        return [way for way in ways if way]

    @property
    def query(self) -> str:
        """Return the ``tsquery``: all words in one of the languages, in a text or its headings."""
        return " | ".join("(" + " & ".join(f"{quoted(one)}:BD" for one in way) + ")" for way in self.ways)

    def documents(self, found: QuerySet[Document]) -> QuerySet[Document]:
        """Return those of ``found`` that hold the words; none when they have no letters or digits.

        PostgreSQL cannot guess how many chunks hold a lexeme, our statistics know. Rare words are looked
        up in the index; common ones are in the next documents anyway, whichever those are.
        """
        most = self._most_chunks()
        if most == 0:
            return found.none()
        if most > LOOKED_UP:
            return found.filter(Exists(self._chunks().filter(version=OuterRef("live_version"))))
        # A limit keeps the planner from turning this into a walk through all documents.
        return found.filter(live_version__in=self._chunks().order_by().values("version")[:LOOKED_UP])

    def _most_chunks(self) -> int:
        """Return how many chunks there can be that hold the words: as many as hold the rarest."""
        rows = LexemeStatistic.objects.filter(lexeme__in=self.lexemes).values("lexeme")
        counts = dict(rows.annotate(n=Sum("chunks")).values_list("lexeme", "n"))
        return sum(min(counts.get(lexeme, 0) for lexeme in way) for way in self.ways)

    def places(self, documents: Iterable[Document]) -> Mapping[object, Place]:
        """Return the first place in each document, by its key."""
        rows = Document.objects.filter(pk__in=[document.pk for document in documents])
        first = Subquery(
            self._chunks().filter(version=OuterRef("live_version")).order_by("ordinal").values("pk")[:1]
        )
        chunks = Chunk.objects.filter(pk__in=rows.annotate(first=first).values("first"))
        found = chunks.select_related("version").only(*_SHOWN)
        return {chunk.version.document_id: Place(chunk, self.segments_in(chunk)) for chunk in found}

    def _of(self, language: str) -> list[str]:
        found = query_lexemes(self.words[:LONGEST_WORDS], language)
        return [one for one in dict.fromkeys(found) if not _HYPHENATED.search(one)]

    def _chunks(self) -> QuerySet[Chunk]:
        return Chunk.objects.filter(self._held(), is_searchable=True)

    def _held(self) -> Func:
        sought = Cast(Value(self.query), SearchQueryField())
        return Func(
            F("lexemes"), sought, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BOOLEAN
        )

    def segments_in(self, chunk: Chunk) -> Segments:
        """Return the stretch around the first word found: of the text, or of the question or the headings."""
        for text in (chunk.text, chunk.question, " › ".join(chunk.heading_path)):
            spans = list(self._spans(text, chunk.language))
            if spans:
                return tuple(_stretch(text, spans))
        return (Segment(chunk.text[: sum(AROUND)]),)

    def _spans(self, text: str, language: str) -> Iterator[tuple[int, int]]:
        for token in _TOKEN.finditer(text):
            held = self.lexemes.intersection(lexemes(token.group(), language))
            if held:
                yield from _within(token, held)


BOOLEAN: "BooleanField[bool, bool]" = BooleanField()
_SHOWN = ["text", "question", "heading_path", "page", "start", "end", "language", "version__document"]


@contextmanager
def patiently() -> Iterator[None]:
    """Give up on what is asked inside when it takes longer than anybody waits.

    Raises:
        TooBroad: The time is up.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{PATIENCE}s"])
            yield
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise TooBroad(
            _("These words are in too many texts to list them: add a rarer word, or choose a collection.")
        ) from error


def _within(token: re.Match[str], held: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield what of a token was found: all of it, or where nothing stands between words, the pairs."""
    whole, start = token.group(), token.start()
    pairs = [pair for pair in held if len(pair) == 2 and not pair.isascii() and len(whole) > 2]
    places = sorted({place for pair in pairs for place in _places(whole, pair)})
    if not places:
        yield token.span()
        return
    begin, end = places[0], places[0] + 2
    for place in places[1:]:
        if place > end:
            yield start + begin, start + end
            begin = place
        end = place + 2
    yield start + begin, start + end


def _places(text: str, part: str) -> list[int]:
    return [found.start() for found in re.finditer(f"(?={re.escape(part)})", text)]


def _stretch(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Segment]:
    """Yield the text around the first span, cut between words, with each span in it marked."""
    before, after = AROUND
    first, last = spans[0][0] - before, spans[0][1] + after
    begin = 0
    if first > 0:
        space = _AT_A_BREAK.search(text, first, spans[0][0])
        begin = space.end() if space else spans[0][0]
        yield Segment("… ")
    space = _AT_A_BREAK.search(text, last) if last < len(text) else None
    end = space.start() if space and space.start() < last + before else min(last, len(text))
    place = begin
    for start, stop in spans:
        if stop > end:
            break
        yield Segment(text[place:start])
        yield Segment(text[start:stop], marked=True)
        place = stop
    yield Segment(text[place:end])
    if end < len(text.rstrip()):
        yield Segment(" …")
