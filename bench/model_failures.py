"""Model failures: how long a customer waits at most when the model's endpoint misbehaves.

    python -m bench.model_failures [--only NAME]

Asks the real engine and client, with the patience of the settings, once per misbehaviour of
``tests/chat/answering/misbehaviour.py``: a follow-up, which the model is to make stand alone
before it words the answer. Each has a server and a breaker of its own. Prints the seconds until
the answer is finished, who wrote it and how many sources it cites.
"""

import argparse
import asyncio
import time
from contextlib import suppress

from bench.ready import ready

services = ready()

from django.conf import settings  # noqa: E402 - needs the set-up above

from chat.answering.condensing import condensed  # noqa: E402 - needs the set-up above
from chat.answering.engine import AnswerEngine  # noqa: E402 - needs the set-up above
from chat.answering.events import Cited, Finished, Turn  # noqa: E402 - needs the set-up above
from chat.errors import ModelFailed  # noqa: E402 - needs the set-up above
from chat.realtime.engines import configured_model  # noqa: E402 - needs the set-up above
from tests.chat.answering.misbehaviour import (  # noqa: E402 - needs the set-up above
    BROKEN_OFF,
    MALFORMED,
    REFUSALS,
    STALLS,
)
from tests.chat.answering.model_server import serving  # noqa: E402 - needs the set-up above
from tests.factories import passage  # noqa: E402 - needs the set-up above
from tests.fakes import ScriptedSearch  # noqa: E402 - needs the set-up above

RESET = "To reset the machine, hold the power button for ten seconds. The lamp then blinks twice."
QUESTION = "How do I reset the machine?"
HISTORY = [Turn("Tell me about the machine.", "It is red.")]
ALL = {**STALLS, **REFUSALS, **BROKEN_OFF, **MALFORMED}


async def waited() -> tuple[float, str, int]:
    """Return the seconds of one answer, who wrote it, and its citations."""
    began = time.perf_counter()
    configured_model.cache_clear()
    model = configured_model()
    assert model is not None
    with suppress(ModelFailed):
        await condensed(model, QUESTION, HISTORY)
    engine = AnswerEngine(ScriptedSearch([passage(RESET)]), model)
    events = [event async for event in engine.answer(QUESTION)]
    end = events[-1]
    citations = sum(isinstance(event, Cited) for event in events)
    return time.perf_counter() - began, end.answerer if isinstance(end, Finished) else "nobody", citations


async def _warmed() -> None:
    """Answer once by quoting, so that everything is loaded."""
    async for _ in AnswerEngine(ScriptedSearch([passage(RESET)])).answer(QUESTION):
        pass


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    worst = 0.0
    settings.MODEL_URL = "http://127.0.0.1:1/v1"
    configured_model()  # the runner loads LlamaIndex and the languages before it takes questions
    asyncio.run(_warmed())
    for name, script in ALL.items():
        if options.only not in name:
            continue
        with serving() as (url, follow):
            follow(script)
            settings.MODEL_URL = url
            seconds, answerer, citations = asyncio.run(waited())
        worst = max(worst, seconds)
        print(f"{name:28} {seconds:6.2f} s  {answerer:9} {citations} cited", flush=True)
    print(f"{'the longest':28} {worst:6.2f} s")


if __name__ == "__main__":
    main()
