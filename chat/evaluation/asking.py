"""Asking: golden questions put to the engines of their askers, with a judge if there is one."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from channels.db import database_sync_to_async

from chat.errors import ModelFailed
from chat.evaluation.engines import engine_of
from chat.learning import calibration_in_force
from chat.learning.asking import hear, judged
from chat.learning.figures import ANSWERED
from chat.learning.golden import Golden
from chat.learning.places import places_of

log = logging.getLogger(__name__)
engine = database_sync_to_async(engine_of, thread_sensitive=False)


class Judge(Protocol):
    """Somebody with an opinion on an answer, such as a model."""

    async def judge(
        self, question: str, answer: str, passages: Sequence[str], wanted: str
    ) -> dict[str, float]:
        """Return opinions by name, each 0 to 1; raise ``ModelFailed`` when there is none to be had."""
        ...


class Questioner:
    """Asks golden questions; looks up their places and the calibration once."""

    def __init__(self, questions: Iterable[Golden], judge: Judge | None = None) -> None:
        self._places = places_of(questions)
        self._calibration = calibration_in_force()
        self._judge = judge

    def are_here(self, golden: Golden) -> bool:
        """Say whether a document that a question names is here; also when it names none."""
        places = self._places[golden.key]
        return not places or places.are_here

    async def ask(self, golden: Golden) -> dict[str, Any]:
        """Return what became of a question.

        Raises:
            KnowledgeError: Search could not be done.
        """
        heard = await hear(await engine(golden), golden)
        row = judged(golden, heard, self._places[golden.key], self._calibration)
        if self._judge is not None and heard.outcome in ANSWERED:
            passages = [passage.text for passage in heard.passages]
            wanted = " ".join(golden.contains)
            try:
                row["judged"] = await self._judge.judge(golden.question, heard.text, passages, wanted)
            except ModelFailed as failure:  # one figure less; the run of an hour is not lost for it
                log.warning("“%s” was not judged: %s", golden.question, failure)
        return row
