"""Sentence stream: from a model's pieces to whole sentences, each with the marks that follow it."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import cast

from chat.answering.citing import MARK
from knowledge.sentences import sentences

OPENERS = " \t\n\"'«“„‘‹([¿¡"
LONGEST = 2000  # characters of a sentence that is waited for; a model that writes a longer one is broken
EFFORT = 8  # characters looked at for each that came; ordinary sentences need two
REACH = 40  # characters that may stand between the end of a sentence and the first letter of the next
# What can end a sentence or the mark behind one, up to where that can be seen.
_END = re.compile(r"""(?:[.!?…؟۔]++(?!\w)|[。！？｡।॥\n\]】］])["'»”’›)\]」』】）]*+[\s"'«“„‘‹(\[¿¡]*+""")
_GAP = re.compile(r"(?=\s)|(?<=[,;:、，；：])")
_OPEN_MARK = re.compile(r"[【［][^\]】］]{0,40}")


async def whole_sentences(pieces: AsyncIterator[str], language: str) -> AsyncGenerator[str, None]:
    """Yield sentences as soon as the next one has begun; a mark after a full stop belongs before it.

    One of more than ``LONGEST`` characters comes in parts.
    """
    waiting = _Waiting(language)
    async with aclosing(cast("AsyncGenerator[str, None]", pieces)) as stream:
        async for piece in stream:
            for sentence in waiting.complete(piece):
                yield sentence
    for sentence in _split(waiting.text, language):
        if sentence.strip():
            yield sentence


class _Waiting:
    """The text whose sentence may go on, at most ``LONGEST`` characters.

    Splitting it again at every piece took 20 s for a hostile answer, in which everybody waited. So it is
    only done when a sentence may have ended, while there is effort left, and when the text is full.
    """

    def __init__(self, language: str) -> None:
        self.text = ""
        self._language = language
        self._seen = 0  # characters of the text in which no more ends are to be seen
        self._effort = 0

    def complete(self, piece: str) -> Iterator[str]:
        """Take a piece; yield the sentences that are whole now."""
        start = 0
        while start < len(piece):
            added = piece[start : start + LONGEST - len(self.text)]
            start += len(added)
            self.text += added
            self._effort += EFFORT * len(added)
            if len(self.text) == LONGEST or self._may_have_ended():
                yield from self._taken()

    def _may_have_ended(self) -> bool:
        """Whether there is a first letter behind an end that was not there the last time."""
        if len(self.text) > self._effort:
            return False
        seen, self._seen = self._seen, len(self.text)
        ends = _END.finditer(self.text, max(0, seen - REACH))
        return any(seen <= end.end() < len(self.text) for end in ends)

    def _taken(self) -> Iterator[str]:
        """Split the text and keep the last part; when it is full and has one part, a part of that."""
        self._effort = max(0, self._effort - len(self.text))
        *whole, rest = _split(self.text, self._language)
        if len(rest) == LONGEST:
            gaps = [gap.start() for gap in _GAP.finditer(rest, LONGEST // 2)]
            cut = gaps[-1] if gaps else LONGEST
            whole, rest = [rest[:cut]], rest[cut:]
        self.text, self._seen = rest, len(rest)
        yield from filter(str.strip, whole)


def _split(text: str, language: str) -> list[str]:
    """Cut a text behind its sentences; the last part may go on. Joined, the parts are the text."""
    ends = [end for _, end in sentences(MARK.sub(_as_known, text), language)][:-1]
    starts, behind = [0], 0
    for end in ends:
        if end <= behind:  # in the marks that belong to the sentence before
            continue
        behind = end
        while marked := MARK.match(text, behind):
            behind = marked.end()
        if _has_begun(text[behind:].lstrip()):
            starts.append(behind)
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _has_begun(following: str) -> bool:
    """Whether a sentence has: seen at its first letter, behind any opening mark, if that is not a mark's."""
    if not following.lstrip(OPENERS) or following.startswith("["):
        return False
    return _OPEN_MARK.fullmatch(following) is None


def _as_known(mark: re.Match[str]) -> str:
    """Write a mark as ``sentences`` knows them, "[1][1][11]", in as many characters."""
    length = mark.end() - mark.end(1)
    return f"{mark[1]}{'[1]' * (length // 3 - 1)}[{'1' * (1 + length % 3)}]"
