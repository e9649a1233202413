"""Lying: true sentences and lies about real passages, made by rule, for the measure of support.

Every case is a sentence, the passages a model would have been given, and those it marked. The
true ones are the passages' own, light paraphrases of them, and answers by people; a lie has a
wrong number, a flipped negation, an invented step, the mark of another passage than the one that says it
(*swapped*), or is said by none of the passages, near to the matter as they are (*unsaid*). Documents
are parted in halves by the SHA-256 of their id: one to tune on, one to report.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from bench.judged import Judged, judged
from bench.questions import rows_of
from bench.tampering import AFFIRMED, DENIED, NUMBER, STEPS, reworded
from chat.answering.support.claims import plain
from knowledge.lexemes import query_lexemes
from knowledge.passages import Passage
from knowledge.sentences import sentences

SETS = {
    "anthropic_docs_qa": "en",
    "emanual_s10": "en",
    "plausible_headings": "en",
    "covidfaq": "en",
    "stackfaq": "en",
    "mtrag_clapnq_fiqa": "en",
    "xquad_en_en": "en",
    "xquad_de_de": "de",
    "xquad_es_es": "es",
}
PASSAGE_WORDS = 110
GIVEN = 4  # passages
LENGTHS = range(6, 41)  # words of a sentence that is used
AS_IT_STANDS = ("swapped", "unsaid")  # lies whose sentence is a passage's own
RUN, ALIKE = 3, 0.75  # words in a row; share of a sentence that such runs make up


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence as a model could have written it; ``sources`` are the passages that truly say it."""

    kind: str
    sentence: str
    given: tuple[Passage, ...]
    marked: tuple[Passage, ...]
    sources: tuple[Passage, ...]
    language: str

    @property
    def is_true(self) -> bool:
        """Say whether the sentence should be shown as it is marked."""
        return self.kind.startswith("true")


def is_for_tuning(document: str) -> bool:
    """Say on which side of the split a document is."""
    return sha256(document.encode()).digest()[0] % 2 == 0


def passage_of(key: int, title: str, text: str, language: str) -> Passage:
    """Return a text as a passage that was found."""
    identity = UUID(int=key)
    place = (key, identity, identity, title, (), None, 0, len(text), text, "paragraph", "", language)
    return Passage(*place, dense=1.0, lexical=1.0, score=1.0)


def passages_of(folder: Path, language: str, tuning: bool) -> list[Passage]:
    """Return the passages of one half of a set, of whole sentences."""
    found: list[Passage] = []
    base = int(sha256(folder.name.encode()).hexdigest()[:6], 16) * 100_000
    for row in rows_of(folder / "corpus.jsonl"):
        if is_for_tuning(f"{folder.name}:{row['id']}") is tuning:
            for start, end in runs(row["text"], language):
                text = row["text"][start:end]
                found.append(passage_of(base + len(found), row.get("title", ""), text, language))
    return found


def runs(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield spans of about a hundred words that end where a sentence does."""
    begin, words, end = None, 0, 0
    for start, end in sentences(text, language):
        begin = start if begin is None else begin
        words += len(text[start:end].split())
        if words >= PASSAGE_WORDS:
            yield begin, end
            begin, words = None, 0
    if begin is not None:
        yield begin, end


class Maker:
    """Makes cases from the passages of one language."""

    def __init__(self, passages: Sequence[Passage], seed: int = 7) -> None:
        self._passages = list(passages)
        self._words = [frozenset(query_lexemes(one.text, one.language)) for one in self._passages]
        self._random = random.Random(seed)  # noqa: S311 - a draw that repeats

    def cases(self, kind: str, count: int) -> list[Case]:
        """Return this many cases of a kind: own, reworded, number, negation, step, swapped, unsaid."""
        made: list[Case] = []
        for _ in range(60 * count):
            place = self._random.randrange(len(self._passages))
            case = self._case(kind, place)
            if case is not None:
                made.append(case)
            if len(made) == count:
                break
        return made

    def _case(self, kind: str, place: int) -> Case | None:
        passage = self._passages[place]
        sentence = self._sentence(passage)
        if sentence is None:
            return None
        others = self._others(place)
        if any(says(one.text, sentence) for one in others):
            return None
        given = [passage, *others]
        self._random.shuffle(given)
        marked = (passage,)
        if kind in AS_IT_STANDS:
            marked = (others[0],)
            given = others if kind == "unsaid" else given
        told = self._told(kind, sentence, passage, given)
        if told is None or any(told in one.text for one in given if kind not in ("own", *AS_IT_STANDS)):
            return None
        name = {"own": "true: own", "reworded": "true: reworded"}.get(kind, f"lie: {kind}")
        return Case(name, told, tuple(given), marked, (passage,), passage.language)

    def _told(self, kind: str, sentence: str, passage: Passage, given: Sequence[Passage]) -> str | None:
        match kind:
            case "reworded":
                return reworded(sentence)
            case "number":
                return self._misnumbered(sentence, given)
            case "negation":
                return self._flipped(sentence, passage.language)
            case "step":
                return self._with_step(sentence, passage)
            case _:
                return sentence

    def _sentence(self, passage: Passage) -> str | None:
        text = passage.text
        whole = [text[start:end] for start, end in sentences(text, passage.language)]
        fit = [one for one in whole if len(one.split()) in LENGTHS and one[-1] in ".!" and one[0].isupper()]
        return self._random.choice(fit) if fit else None

    def _others(self, place: int) -> list[Passage]:
        """Return the passages that share most words with one: what a search would bring beside it."""
        mine = self._words[place]
        ranked = sorted(
            range(len(self._passages)),
            key=lambda n: -len(mine & self._words[n]) / (1 + len(self._words[n])) ** 0.5,
        )
        return [self._passages[n] for n in ranked if n != place][: GIVEN - 1]

    def _misnumbered(self, sentence: str, given: Sequence[Passage]) -> str | None:
        found = list(NUMBER.finditer(sentence))
        if not found:
            return None
        match = self._random.choice(found)
        near = {n for one in given for n in NUMBER.findall(one.text)} - set(NUMBER.findall(sentence))
        if near and self._random.random() < 0.5:
            other = self._random.choice(sorted(near))
        else:
            digits = re.sub(
                r"\d", lambda digit: str((int(digit[0]) + self._random.randint(1, 8)) % 10), match[0]
            )
            other = f"1{digits[1:]}" if digits[0] == "0" and match[0] != "1" else digits
        return f"{sentence[: match.start()]}{other}{sentence[match.end() :]}"

    def _flipped(self, sentence: str, language: str) -> str | None:
        for pattern, affirmative in DENIED[language]:
            told, count = re.subn(pattern, affirmative, sentence, count=1)
            if count:
                return told
        pattern, denied = AFFIRMED[language]
        told, count = re.subn(pattern, denied, sentence, count=1)
        return told if count else None

    def _with_step(self, sentence: str, passage: Passage) -> str | None:
        draw = self._random.random()
        step = self._random.choice(STEPS[passage.language])
        if draw < 0.34:
            return f"{sentence.rstrip('.!')}, {step}."
        if draw < 0.67:
            return f"{step[0].upper()}{step[1:]}."
        stranger = self._sentence(self._random.choice(self._passages))
        if stranger is None or stranger in passage.text:
            return None
        return stranger if draw < 0.84 else f"{sentence.rstrip('.!')}, {stranger[0].lower()}{stranger[1:]}"


def says(text: str, sentence: str) -> bool:
    """Say whether another text has a sentence too, nearly word for word: then its mark would be right."""
    mine, theirs = plain(sentence).split(), plain(text).split()
    blocks = SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= RUN) >= ALIKE * len(mine)


def of_people(folder: Path, tuning: bool) -> list[Case]:
    """Return sentences of answers that people wrote; those of MTRAG people found wholly faithful."""
    found: list[Case] = []
    for number, row in enumerate(judged(folder)):
        is_sure = row["model"] == "reference" and row["faithful"] >= 4 and row["answerable"]
        if is_sure and is_for_tuning(row["task_id"].partition("<")[0]) is tuning:
            given = contexts(row, 10**9 + 100 * number)
            found += [case_of(text, given) for text in told(row["response"])]
    return found + list(of_documentation(folder / "beir" / "anthropic_docs_qa", tuning))


def of_documentation(folder: Path, tuning: bool) -> Iterator[Case]:
    """Yield the sentences of reference answers, with the sections that answer as their passages."""
    texts = {row["id"]: row for row in rows_of(folder / "corpus.jsonl")}
    gold: dict[str, list[str]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, *_ = line.split("\t")
        gold.setdefault(query, []).append(document)
    for number, row in enumerate(rows_of(folder / "queries.jsonl")):
        if is_for_tuning(row["id"]) is tuning:
            documents = [texts[key] for key in gold.get(row["id"], [])]
            given = [
                passage_of(2 * 10**9 + 100 * number + place, one["title"], one["text"], "en")
                for place, one in enumerate(documents)
            ]
            yield from (case_of(text, given, "docs") for text in told(row["answer"]))


def contexts(row: Judged, base: int) -> list[Passage]:
    """Return the passages an answer was given."""
    return [passage_of(base + n, "", text, "en") for n, text in enumerate(row["contexts"])]


def case_of(text: str, given: Sequence[Passage], source: str = "mtrag") -> Case:
    """Return a sentence by people as a case without marks."""
    return Case(f"true: people {source}", text, tuple(given), (), tuple(given), "en")


def told(text: str) -> list[str]:
    """Return the sentences of an answer."""
    return [text[start:end] for start, end in sentences(text, "en")]
