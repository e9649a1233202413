"""The customer's consumer: from frames to use cases, and their events back to everyone who follows."""

import asyncio
import logging

from django.db import InterfaceError, OperationalError

from chat.conversations import answers, contacts, turns
from chat.errors import ChatError
from chat.models import Assistant, Conversation
from chat.realtime.broadcast import ring_staff
from chat.realtime.deeds import FOUNDING, act
from chat.realtime.following import TRY_AGAIN, FollowingConsumer
from chat.realtime.protocol import (
    VERSION,
    Ask,
    BadFrame,
    ClientFrame,
    GiveFeedback,
    Hello,
    Ping,
    Resume,
    Typing,
    read,
)
from chat.realtime.threads import database_sync_to_async
from chat.realtime.welcoming import about

log = logging.getLogger(__name__)
HELLO_SECONDS = 10.0
BAD_PROTOCOL, UNKNOWN_ASSISTANT = 4400, 4404
MOST_BAD_FRAMES = 20


class ChatConsumer(FollowingConsumer):
    """A customer's socket: says hello, asks, stops, rates, passes on to a person, resumes."""

    assistant: Assistant | None = None
    greeting: Hello | None = None
    bad_frames = 0
    has_spoken = False

    async def connect(self) -> None:
        """Accept, and wait for the first frame."""
        await self.accept()
        self._reminder = asyncio.get_running_loop().call_later(HELLO_SECONDS, self._remind)

    async def disconnect(self, code: int) -> None:
        """Leave the conversation, which goes on without this socket."""
        self._reminder.cancel()
        await super().disconnect(code)

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
        try:
            frame = read(text_data or "")
            self.has_spoken = True
            if self.assistant is None and not isinstance(frame, Hello):
                raise BadFrame("hello_first", "The first frame must be “hello”.")
            await self._act(frame)
        except BadFrame as error:
            self.bad_frames += 1
            await self.send_error(error.code, str(error))
            if self.bad_frames >= MOST_BAD_FRAMES:
                await self.close(BAD_PROTOCOL)
        except ChatError as error:
            await self.send_error(error.code, str(error))
        except (OperationalError, InterfaceError) as error:
            log.warning("PostgreSQL is away: %s", error)
            await self.close(TRY_AGAIN)

    async def _act(self, frame: ClientFrame) -> None:
        match frame:
            case Hello():
                await self._hello(frame)
            case Ask():
                await self._ask(frame)
            case Resume(last_seq):
                self.begin_after(last_seq)
                await self.catch_up(with_snapshots=True)
            case Ping():
                await self.send_frame({"type": "pong", "head_seq": await self.head()})
            case _:
                await self._act_in_conversation(frame)

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
        await database_sync_to_async(contacts.note_place)(founded.id, self.greeting)
        return founded

    async def _hello(self, frame: Hello) -> None:
        assistants = Assistant.objects.filter(key=frame.assistant, is_active=True)
        assistant = await database_sync_to_async(assistants.first)()
        if assistant is None:
            sentence = "This chat is not available; please tell the owner of the website."
            await self.send_error("unknown_assistant", sentence)
            await self.close(UNKNOWN_ASSISTANT)
            return
        self.assistant, self.greeting = assistant, frame
        conversation = await database_sync_to_async(turns.find)(assistant, frame.token)
        await self.enter(conversation)
        # A client may have read further than we have written: of a conversation that is gone by now.
        self.begin_after(min(frame.last_seq, conversation.head_seq) if conversation else 0)
        await self.send_frame(
            {
                "type": "welcome",
                "v": VERSION,
                "conversation": str(conversation.id) if conversation else None,
                "head_seq": conversation.head_seq if conversation else 0,
                **await database_sync_to_async(about)(assistant, conversation),
            }
        )
        if conversation is not None:
            await database_sync_to_async(answers.go_on)(conversation.id)
        await self.catch_up(with_snapshots=True)

    async def _ask(self, frame: Ask) -> None:
        assert self.greeting is not None  # noqa: S101 - no other frame is acted on before the hello
        try:
            asked = await database_sync_to_async(turns.ask)(
                self.assistant, self.greeting.token, frame.client_id, frame.text
            )
        except ChatError as error:
            await self.send_error(error.code, str(error), str(frame.client_id))
            return
        if self.conversation is None:
            await database_sync_to_async(contacts.note_place)(asked.conversation.id, self.greeting)
        await self.enter(asked.conversation)
        await self.tell(asked.events)
