"""Choosing: which parts of a passage answer a question, with what they need to be understood."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chat.answering.quoting.meeting import Asked, defines, met, score
from chat.answering.quoting.parts import Kind, Part, parts_of
from chat.answering.quoting.rows import rows_of
from knowledge.passages import Passage
from knowledge.sentences import word_count

MOST_WORDS = 70  # of a run of sentences
WHOLE_BELOW = 60  # words: a passage this short is quoted whole
LEAST_GAIN = 0.12  # share of the question that a neighbour must meet to be shown as well
_LEANS = re.compile(
    r"(?:this|these|that|those|it|its|they|their|he|she|his|her|such|however|but|then|also|therefore|otherwise|"
    r"instead|in this case|in that case|if so|dies\w*|sie|es|er|deren|dessen|jedoch|aber|dann|außerdem|daher|"
    r"sonst|dabei|dafür|danach|est[aeo]s?|es[aeo]s?|ell[ao]s?|sin embargo|pero|además|entonces|"
    r"ce|cet|cette|ces|il|ils|elles?|cela|toutefois|mais|ensuite|quest[aeio]|essi?|tuttavia|però|"
    r"isso|isto|eles?|elas?|porém|dit|dat|deze|die|het|zij|echter|maar)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The parts of a passage that are shown, next to each other, and of a table which rows.

    ``gain`` is how well the best of them meets the question; ``defines`` whether they say what a code of
    the question stands for.
    """

    passage: Passage
    parts: tuple[Part, ...]
    rows: tuple[str, ...] = ()
    gain: float = 0.0
    defines: bool = False

    @property
    def start(self) -> int:
        """Return where it begins in the passage's text."""
        return self.parts[0].start

    @property
    def end(self) -> int:
        """Return where it ends: behind the last row that is shown, or the last part."""
        last = self.parts[-1]
        if last.kind is not Kind.TABLE or not self.rows:
            return last.end
        return self.passage.text.rindex(self.rows[-1], last.start, last.end) + len(self.rows[-1])

    @property
    def text(self) -> str:
        """Return its words, of a table those of the rows that are shown."""
        return " ".join("\n".join(self.rows) if part.kind is Kind.TABLE else part.text for part in self.parts)


def choose(asked: Asked, passage: Passage, question: str = "") -> Stretch | None:
    """Return the stretch of a passage that meets a question best; None if it has nothing to show.

    ``question`` is what was asked in its own words, for the figures in it.
    """
    parts = parts_of(passage)
    while parts and parts[0].kind is Kind.HEADING:
        parts = parts[1:]
    if not parts:
        return None
    gains = _gains(asked, passage, parts)
    is_plain = all(part.kind in (Kind.SENTENCE, Kind.LIST) for part in parts)
    if is_plain and (passage.question or sum(word_count(part.text) for part in parts) <= WHOLE_BELOW):
        return Stretch(passage, tuple(parts), gain=max(gains), defines=_defines(asked, parts))
    rows = [
        rows_of(asked, part, passage.language, question) if part.kind is Kind.TABLE else () for part in parts
    ]
    open_to = _showable(parts, rows)
    best = max(open_to, key=lambda n: (gains[n], parts[n].kind is not Kind.HEADING, -n), default=None)
    if best is None or (len(open_to) < len(parts) and gains[best] <= 0):
        return None
    first, last = _with_neighbours(asked, parts, gains, best, passage.language)
    chosen = tuple(parts[first : last + 1])
    shown = next((found for found in rows[first : last + 1] if found), ())
    return Stretch(passage, chosen, shown, gains[best], _defines(asked, chosen))


def _showable(parts: Sequence[Part], rows: Sequence[tuple[str, ...]]) -> list[int]:
    """Return the places of the parts but for tables without a row to show and what leads on to those."""
    left: list[int] = []
    for place in reversed(range(len(parts))):
        is_mute = parts[place].kind is Kind.TABLE and not rows[place]
        leads_nowhere = parts[place].leads_on and place + 1 < len(parts) and place + 1 not in left
        if not is_mute and not leads_nowhere:
            left.append(place)
    return left


def _gains(asked: Asked, passage: Passage, parts: Sequence[Part]) -> list[float]:
    """Return how well each part meets a question, with the question or heading that it stands under."""
    above = met(asked, passage.question, passage.language) if passage.question else frozenset()
    gains: list[float] = []
    for part in parts:
        if part.kind is Kind.HEADING:
            above = met(asked, part.text, passage.language)
        gains.append(score(asked, part, passage.language, above))
    return gains


def _defines(asked: Asked, parts: Sequence[Part]) -> bool:
    return any(defines(asked, part) for part in parts)


def _with_neighbours(
    asked: Asked, parts: Sequence[Part], gains: Sequence[float], best: int, language: str
) -> tuple[int, int]:
    """Return the first and last part of a run around the best one.

    What it leans on comes before it and what it leads to behind it, in any case; other
    neighbours as long as they meet the question and the run stays short.
    """
    first = last = best
    while first > 0 and _needs_before(parts[first], parts[first - 1]):
        first -= 1
    while last + 1 < len(parts) and parts[last].leads_on and parts[last + 1].kind is not Kind.HEADING:
        last += 1
    words = sum(word_count(part.text) for part in parts[first : last + 1])
    # The table has chosen rows, and nothing can follow a list or code within one quote and stay readable.
    while last + 1 < len(parts) and parts[last].kind is Kind.SENTENCE:
        after = parts[last + 1]
        words += word_count(after.text)
        wanted = gains[last + 1] >= LEAST_GAIN or _LEANS.match(after.text) or after.block == parts[last].block
        if after.kind is not Kind.SENTENCE or words > MOST_WORDS or not wanted or after.leads_on:
            break
        last += 1
    return first, last


def _needs_before(part: Part, before: Part) -> bool:
    """Say whether a part cannot be understood without the one before it."""
    if before.kind is Kind.HEADING:
        return False
    if part.kind in (Kind.LIST, Kind.TABLE, Kind.CODE):
        return before.leads_on
    return before.kind is Kind.SENTENCE and _LEANS.match(part.text) is not None
