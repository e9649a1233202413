"""Sentence stream: from a model's pieces to whole sentences, each with the marks that follow it."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

from chat.answering.citing import MARK
from knowledge.sentences import sentences

OPENERS = " \t\n\"'«“„‘‹([¿¡"


async def whole_sentences(pieces: AsyncIterator[str], language: str) -> AsyncGenerator[str, None]:
    """Yield sentences as soon as the next one has begun; a mark after a full stop belongs before it."""
    waiting = ""
    async with aclosing(cast("AsyncGenerator[str, None]", pieces)) as stream:
        async for piece in stream:
            waiting += piece
            *complete, waiting = _split(waiting, language)
            for sentence in complete:
                yield sentence
    for sentence in _split(waiting, language):
        if sentence.strip():
            yield sentence


def _split(text: str, language: str) -> list[str]:
    """Cut a text behind its sentences; the last part may go on. Joined, the parts are the text."""
    ends = [end for _, end in sentences(text, language)][:-1]
    starts = [0]
    for end in ends:
        marked = MARK.match(text, end)
        behind = end
        while marked:
            behind, marked = marked.end(), MARK.match(text, marked.end())
        following = text[behind:].lstrip()
        # Whether a sentence has ended is seen at the first letter after it, behind any opening mark.
        if following.lstrip(OPENERS) and not following.startswith("["):
            starts.append(behind)
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
