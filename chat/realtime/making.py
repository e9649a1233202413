"""Making: one answer from its engine to its conversation, while its lease is kept.

The text is shown live; it is checkpointed with every renewal of the lease, and becomes
a fact in the transaction that ends the answer.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import InterfaceError, OperationalError

from chat.answering.answerer import Answerer
from chat.answering.events import AnswerEvent, CitationDraft, Cited, Finished, Found, Text
from chat.answering.phrases import phrase
from chat.answering.places import place_teller
from chat.conversations import answers
from chat.conversations.answers import Reply, Standing, Work
from chat.realtime.awaiting import happens
from chat.realtime.broadcast import announce_events
from chat.realtime.showing import Showing
from chat.realtime.suggesting import follow_ups
from chat.realtime.together import Together
from knowledge.curated import count_hit
from knowledge.language import detect

log = logging.getLogger(__name__)
KEEP_SECONDS = 1.0
TRIES_TO_FINISH = 8
ANSWERS = ("answered", "curated")  # the outcomes behind which other questions may be offered
TRIES_TO_BEGIN = 20
AWAY = (OperationalError, InterfaceError)
# What was decided by, for who fits the decision anew.
SIGNS = ("nearness", "lead", "words", "coverage", "code", "lacks_code")

keep_all = database_sync_to_async(answers.keep_all, thread_sensitive=False)
pause = database_sync_to_async(answers.pause, thread_sensitive=False)
finish = database_sync_to_async(answers.finish, thread_sensitive=False)
count = database_sync_to_async(count_hit, thread_sensitive=False)
EngineFor = Callable[[Work], Answerer]
Keeper = Together[tuple[Work, str], Standing]


class Making:
    """The making of one answer."""

    def __init__(self, work: Work, engine_for: EngineFor, keeper: Keeper) -> None:
        self.work = work
        self._engine_for = engine_for
        self._keeper = keeper
        self._showing = Showing(work)
        self._citations: list[CitationDraft] = []
        self._found: Found | None = None
        self._end: Finished | None = None
        self._look = asyncio.Event()
        self._standing = Standing(is_mine=True, is_wanted=True)
        self._is_deserted = False

    def look(self) -> None:
        """See at once whether the answer is still wanted."""
        self._look.set()

    def desert(self) -> None:
        """Put the answer aside, if that may be: nobody watches."""
        self._is_deserted = True
        self._look.set()

    async def run(self) -> None:
        """Make the answer and record how it ended; whatever happens, the customer gets an end."""
        await announce_events(self.work.conversation_id, [self.work.started])
        if self.work.attempt - self.work.pauses > settings.ANSWER_ATTEMPTS:
            log.error("answer %s ended its runner each time; giving up", self.work.answer_id)
            await self._record(failed=True)
            return
        self._showing.stage("searching")
        making = asyncio.create_task(self._consume())
        keeping = asyncio.create_task(self._keep(making))
        showing = asyncio.create_task(self._showing.run())
        try:
            await asyncio.wait([making])
            failed = None if making.cancelled() else making.exception()
            if failed is not None:
                log.error("answer %s failed", self.work.answer_id, exc_info=failed)
        finally:
            keeping.cancel()
            making.cancel()
            self._showing.stop()
            await asyncio.gather(keeping, making, showing, return_exceptions=True)
        if isinstance(failed, AWAY):
            return  # no fault of the answer's: the lease ends, another runner makes it again
        if self._standing.is_mine:
            await self._record(failed=failed is not None)

    async def _consume(self) -> None:
        """Make the answer; as long as nothing was said, begin again when PostgreSQL goes away."""
        for _ in range(TRIES_TO_BEGIN):
            try:
                await self._make()
            except AWAY as error:
                if self._showing.text:
                    raise
                log.warning("beginning answer %s again: %s", self.work.answer_id, error)
                self._citations.clear()
                await asyncio.sleep(KEEP_SECONDS)
            else:
                return
        raise OperationalError("PostgreSQL was away for too long.")

    async def _make(self) -> None:
        work = self.work
        place_teller.set(self._wait)  # for this task, in which nothing but this answer is made
        # In a thread: an engine is made as the installation is set up at that moment, which it reads.
        engine = await database_sync_to_async(self._engine_for, thread_sensitive=False)(work)
        async with aclosing(engine.answer(work.question, work.history, work.language)) as events:
            async for event in events:
                self._take(event)

    def _take(self, event: AnswerEvent) -> None:
        match event:
            case Found():
                self._found = event
                self._showing.stage("writing")
            case Cited(citation):
                self._citations.append(citation)
            case Text(text):
                self._showing.say(text)
            case Finished():
                self._end = event

    async def _wait(self, place: int) -> None:
        """Show the customer its place in line before the model; 0 is its turn."""
        if place:
            self._showing.stage("waiting", place=place)
        else:
            self._showing.stage("writing")

    async def _keep(self, making: asyncio.Task[None]) -> None:
        """Renew the lease and checkpoint; end the making when it is no longer ours, wanted or watched."""
        while True:
            await happens(self._look, KEEP_SECONDS)
            self._look.clear()
            try:
                await self._stand()
            except AWAY as error:
                log.warning("could not keep answer %s: %s", self.work.answer_id, error)
                continue
            if not (self._standing.is_mine and self._standing.is_wanted):
                making.cancel()
                return

    async def _stand(self) -> None:
        """Learn where the answer stands; one that nobody watches is put aside and no longer ours."""
        if self._is_deserted:
            self._is_deserted = False
            if await pause(self.work):
                log.info("answer %s is put aside: nobody watches", self.work.answer_id)
                self._standing = Standing(is_mine=False, is_wanted=False)
                return
        self._standing = await self._keeper.ask((self.work, self._showing.text))

    async def _record(self, failed: bool) -> None:
        language = detect(self.work.question, default=self.work.language)
        reply = self._reply(failed, language)
        for tried in range(TRIES_TO_FINISH):
            try:
                events = await finish(self.work, reply, language)
                break
            except AWAY as error:
                log.warning("could not finish answer %s: %s", self.work.answer_id, error)
                await asyncio.sleep(min(2**tried / 4, 5))
        else:
            return  # the lease ends, another runner makes it again
        if events:
            await announce_events(self.work.conversation_id, events)
            await self._count()

    async def _count(self) -> None:
        """Count a curated answer that was given, after its transaction: no answer waits for another's."""
        if self._end is None or self._end.curated is None:
            return
        try:
            await count(self._end.curated.answer_id)
        except AWAY as error:
            log.warning("could not count a curated answer: %s", error)

    def _reply(self, failed: bool, language: str) -> Reply:
        end = self._end or Finished("stopped", "none")
        outcome, answerer = end.outcome, end.answerer
        text = self._showing.text
        if failed:
            outcome, answerer = "failed", "none"
            text = "\n\n".join(part for part in (text, phrase("failed", language)) if part)
        elif outcome == "stopped" and not text:
            text = phrase("stopped", language)
        cited = {citation.passage.chunk_id for citation in self._citations}
        passages = self._found.passages if self._found else ()
        evidence = tuple(
            {
                "title": passage.title,
                "heading_path": list(passage.heading_path),
                "page": passage.page,
                "text": passage.text,
                "language": passage.language,
                "score": round(passage.score, 4),
                "dense": round(passage.dense, 4),
                "lexical": round(passage.lexical, 4),
                **{sign: round(getattr(passage, sign), 4) for sign in SIGNS},
                "closest": None if passage.closest is None else round(passage.closest, 4),
                "document_id": str(passage.document_id),
                "version_id": str(passage.version_id),
                "start": passage.start,
                "end": passage.end,
                "cited": passage.chunk_id in cited,
            }
            for passage in passages
        )
        next_ones = follow_ups(self.work.question, language, passages, cited) if outcome in ANSWERS else ()
        return Reply(text, outcome, answerer, tuple(self._citations), evidence, tuple(next_ones))
