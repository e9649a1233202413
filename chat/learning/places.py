"""Places: whether a passage stands where a golden question says that its answer is."""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chat.answering.citing import without_marks
from chat.learning.golden import Golden
from knowledge.naming import documents_called
from knowledge.passages import Passage

_MARKUP = re.compile(r"[*_`|\\]+|^\s*#+ |^\s*> ?", re.MULTILINE)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Place:
    """One place that answers a question: the documents of a name, a page if known, words it holds."""

    documents: frozenset[uuid.UUID]
    page: int | None
    words: tuple[str, ...]

    def holds(self, document_id: uuid.UUID, page: int | None, text: str) -> bool:
        """Say whether a stretch of a document lies here: on the page, or with the words that stand on it.

        A chunk may begin on the page before the one that is meant, hence the words.
        """
        if document_id not in self.documents:
            return False
        return self.page in (None, page) or says(text, self.words)


@dataclass(frozen=True, slots=True)
class Places:
    """All places that answer a question, and the collections they stand in."""

    places: tuple[Place, ...]
    collections: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.places)

    @property
    def are_here(self) -> bool:
        """Say whether a document of them is there at all."""
        return any(place.documents for place in self.places)

    def hold(self, passage: Passage, text: str | None = None) -> bool:
        """Say whether a passage lies at one of them; ``text`` is the stretch of it that is meant."""
        said = passage.text if text is None else f"{text} {passage.text}"
        return any(place.holds(passage.document_id, passage.page, said) for place in self.places)


def places_of(questions: Iterable[Golden]) -> dict[str, Places]:
    """Return the places of each question, by its key."""
    asked = list(questions)
    named = documents_called({name for golden in asked for name in golden.names})
    collections = {name: [document.collection for document in called] for name, called in named.items()}
    documents = {
        name: frozenset(document.document_id for document in called) for name, called in named.items()
    }
    return {golden.key: _places(golden, documents, collections) for golden in asked}


def _places(
    golden: Golden,
    documents: Mapping[str, frozenset[uuid.UUID]],
    collections: Mapping[str, Sequence[str]],
) -> Places:
    first = [Place(documents[golden.document], golden.page, golden.contains)] if golden.document else []
    others = [Place(documents[name], None, (words,)) for name, words in golden.also.items()]
    shelves = (slug for name in golden.names for slug in collections[name])
    return Places((*first, *others), tuple(dict.fromkeys(shelves)))


def says(text: str, words: Iterable[str]) -> bool:
    """Say whether a text holds all words, whatever their case, spaces and Markdown; none are in any text."""
    held = plain(text)
    return all(plain(wanted) in held for wanted in words)


def plain(text: str) -> str:
    """Return a text as it is compared: without citation marks, Markdown, case and doubled spaces."""
    return _SPACE.sub(" ", _MARKUP.sub(" ", without_marks(text))).strip().casefold()
