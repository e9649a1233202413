"""The customer's consumer: from frames to use cases, and their events back to everyone who follows."""

import asyncio
import logging

from django.db import InterfaceError, OperationalError

from chat.conversations import contacts, identities, turns
from chat.errors import ChatError, Limited
from chat.models import Assistant, Conversation
from chat.privacy.erasure import erase
from chat.realtime.broadcast import announce, ring_staff
from chat.realtime.deeds import FOUNDING, act
from chat.realtime.entering import arrive, opened
from chat.realtime.following import TRY_AGAIN, FollowingConsumer
from chat.realtime.limiting import Gate
from chat.realtime.protocol import (
    VERSION,
    Ask,
    BadFrame,
    ClientFrame,
    Forget,
    GiveFeedback,
    Hello,
    Identify,
    Ping,
    Resume,
    Typing,
    read,
)
from chat.realtime.threads import database_sync_to_async
from chat.realtime.welcoming import welcome

log = logging.getLogger(__name__)
HELLO_SECONDS = 10.0
BAD_PROTOCOL, FORBIDDEN, UNKNOWN_ASSISTANT, TOO_MANY = 4400, 4403, 4404, 4429
MOST_BAD_FRAMES = 20


class ChatConsumer(FollowingConsumer):
    """A customer's socket: says hello, asks, stops, rates, passes on to a person, resumes."""

    assistant: Assistant | None = None
    greeting: Hello | None = None
    bad_frames = 0
    has_spoken = False

    async def connect(self) -> None:
        """Accept, say so when an address comes too often, and wait for the first frame."""
        self.gate = Gate(self.scope)
        await self.accept()
        self._reminder = asyncio.get_running_loop().call_later(HELLO_SECONDS, self._remind)
        try:
            await self.gate.admit()
        except Limited as error:
            await self._refuse(error)
            await self.close(TOO_MANY)

    async def disconnect(self, code: int) -> None:
        """Leave the conversation, which goes on without this socket, and the customer's seat."""
        self._reminder.cancel()
        await super().disconnect(code)
        await self.gate.leave()

    def _remind(self) -> None:
        """Act on a silence; a hello that waits for a busy database is none."""
        if not self.has_spoken:
            self._refusal = asyncio.create_task(self._refuse_silence())

    async def _refuse_silence(self) -> None:
        """Close a socket that never says hello."""
        await self.send_error("hello_first", "The first frame must be “hello”.")
        await self.close(BAD_PROTOCOL)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Read one frame and act on it; what cannot be read is answered with a sentence."""
        frame: ClientFrame | None = None
        try:
            frame = read(text_data or "")
            self.has_spoken = True
            if self.assistant is None and not isinstance(frame, Hello):
                raise BadFrame("hello_first", "The first frame must be “hello”.")
            await self.gate.check(frame, self.conversation)
            await self._act(frame)
        except BadFrame as error:
            self.bad_frames += 1
            await self.send_error(error.code, str(error))
            if self.bad_frames >= MOST_BAD_FRAMES:
                await self.close(BAD_PROTOCOL)
        except ChatError as error:
            await self._refuse(error, frame)
        except Conversation.DoesNotExist:  # deleted from another tab, and the announcement is still under way
            await self.forgotten()
        except (OperationalError, InterfaceError) as error:
            log.warning("PostgreSQL is away: %s", error)
            await self.close(TRY_AGAIN)

    async def _refuse(self, error: ChatError, frame: ClientFrame | None = None) -> None:
        """Say why a frame is not acted on; close on those who go on although they were told to wait."""
        client_id = str(frame.client_id) if isinstance(frame, Ask) else None
        wait = error.retry_after if isinstance(error, Limited) else None
        await self.send_error(error.code, str(error), client_id, wait)
        if wait and (isinstance(frame, Hello) or self.gate.is_deaf()):
            await self.close(TOO_MANY)
        elif error.code == "forbidden_origin":
            await self.close(FORBIDDEN)

    async def _act(self, frame: ClientFrame) -> None:
        match frame:
            case Hello():
                await self._hello(frame)
            case Ask():
                await self._ask(frame)
            case Identify():
                await self._identify(frame)
            case Resume(last_seq):
                await self._join_other_tabs()
                self.begin_after(last_seq)
                await self.catch_up(with_snapshots=True)
            case Ping():
                await self._ping()
            case Forget():
                await self._forget()
            case _:
                await self._act_in_conversation(frame)

    async def _join_other_tabs(self) -> None:
        """Enter the conversation that another tab has begun since this one said hello."""
        if self.conversation is None:
            await self.enter(await database_sync_to_async(opened)(self.assistant, self.greeting))

    async def _ping(self) -> None:
        if self.conversation is None:
            await self._join_other_tabs()
            await self.catch_up(with_snapshots=True)
        head = await self.head()
        if self.sent_seq and not head:
            await self.forgotten()  # deleted, and the announcement got lost
        else:
            await self.send_frame({"type": "pong", "head_seq": head})

    async def _forget(self) -> None:
        """Delete the conversation for good, and tell everybody who follows it."""
        await self._join_other_tabs()
        if self.conversation is not None:
            conversation_id = self.conversation.id
            await database_sync_to_async(erase)(conversation_id)
            await announce(conversation_id, {"type": "forgotten"})
            await ring_staff(conversation_id, "queues")
        await self.forgotten()

    async def _act_in_conversation(self, frame: ClientFrame) -> None:
        """Act on a frame that needs a conversation; asking for a person or leaving an address founds one."""
        if self.conversation is None and isinstance(frame, FOUNDING):
            await self.enter(await self._founded())
        if self.conversation is None:
            if isinstance(frame, GiveFeedback):
                await self.send_error("unknown_message", "That answer is not part of this conversation.")
        elif isinstance(frame, Typing):
            await ring_staff(self.conversation.id, "typing", who="customer", active=frame.active)
        else:
            await self.tell(await database_sync_to_async(act)(self.conversation.id, frame))

    async def _founded(self) -> Conversation:
        assert self.greeting is not None  # noqa: S101 - no other frame is acted on before the hello
        founded: Conversation = await database_sync_to_async(turns.found)(self.assistant, self.greeting.token)
        await self._note_beginning(founded)
        return founded

    async def _note_beginning(self, founded: Conversation) -> None:
        """Note where a conversation began, and whose it is if the website has vouched for them."""
        assert self.greeting is not None  # noqa: S101 - no other frame is acted on before the hello
        await database_sync_to_async(contacts.note_place)(founded.id, self.greeting)
        await database_sync_to_async(identities.vouch)(founded, self.greeting.token)

    async def _hello(self, frame: Hello) -> None:
        found = await database_sync_to_async(arrive)(frame)
        if found is None:
            sentence = "This chat is not available; please tell the owner of the website."
            await self.send_error("unknown_assistant", sentence)
            await self.close(UNKNOWN_ASSISTANT)
            return
        assistant, conversation = found
        await self.gate.greet(assistant, frame, self.channel_name)
        self.assistant, self.greeting = assistant, frame
        await self._welcome(conversation, frame.last_seq)

    async def _welcome(self, conversation: Conversation | None, last_seq: int) -> None:
        """Enter a conversation and send what this client has not seen of it."""
        assert self.assistant is not None  # noqa: S101 - nobody is welcome before the hello
        assert self.greeting is not None  # noqa: S101 - as well
        await self.enter(conversation)
        # A client may have read further than we have written: of a conversation that is gone by now.
        self.begin_after(min(last_seq, conversation.head_seq) if conversation else 0)
        told = await database_sync_to_async(welcome)(self.assistant, conversation, self.greeting.token)
        await self.send_frame({"type": "welcome", "v": VERSION, **told})
        await self.catch_up(with_snapshots=True)

    async def _identify(self, frame: Identify) -> None:
        """Believe the website's word on who this is; what began on another device is taken up here."""
        assert self.greeting is not None  # noqa: S101 - no other frame is acted on before the hello
        found = await database_sync_to_async(identities.identify)(
            self.assistant, self.greeting.token, frame.identity
        )
        await self.send_frame({"type": "identified", "identity": identities.told(found.customer)})
        if found.conversation is not None and self.conversation != found.conversation:
            await self._welcome(found.conversation, 0)
        await self.tell(found.events)

    async def _ask(self, frame: Ask) -> None:
        assert self.greeting is not None  # noqa: S101 - no other frame is acted on before the hello
        asked = await database_sync_to_async(turns.ask)(
            self.assistant, self.greeting.token, frame.client_id, frame.text
        )
        is_first = self.conversation is None
        await self.enter(asked.conversation)  # before anything else: a runner may be at its answer already
        if is_first:
            await self._note_beginning(asked.conversation)
        await self.tell(asked.events)
