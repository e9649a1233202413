"""Judging: LlamaIndex's evaluators as a judge of answers, asked with the configured model.

An opinion of a model is one more figure, never the verdict of the gate's questions.
"""

from collections.abc import Sequence

import httpx
from django.conf import settings
from llama_index.core.evaluation import CorrectnessEvaluator, FaithfulnessEvaluator, RelevancyEvaluator
from llama_index.core.evaluation.base import BaseEvaluator
from llama_index.core.llms import LLM
from llama_index.llms.openai_like import OpenAILike
from openai import OpenAIError

from chat.errors import ModelFailed

BEST = 5.0  # of correctness, which is told from 1 to 5
UNREADABLE = (OpenAIError, httpx.HTTPError, ValueError, TypeError, AttributeError, LookupError)


class LlamaIndexJudge:
    """Is the answer borne out by the passages, does it meet the question, is it what was wanted."""

    def __init__(self, llm: LLM | None = None) -> None:
        """Take a model, or the one of the settings."""
        chosen = llm or configured()
        self._evaluators: dict[str, BaseEvaluator] = {
            "faithfulness": FaithfulnessEvaluator(llm=chosen),
            "relevancy": RelevancyEvaluator(llm=chosen),
        }
        self._correctness = CorrectnessEvaluator(llm=chosen)

    async def judge(
        self, question: str, answer: str, passages: Sequence[str], wanted: str
    ) -> dict[str, float]:
        """Return each opinion from 0 to 1; correctness only where it is known what was wanted.

        Raises:
            ModelFailed: The model did not answer, or not as an evaluator can read.
        """
        found = {}
        try:
            for name, evaluator in self._evaluators.items():
                told = await evaluator.aevaluate(query=question, response=answer, contexts=list(passages))
                found[name] = float(bool(told.passing))
            if wanted:
                told = await self._correctness.aevaluate(query=question, response=answer, reference=wanted)
                if told.score is not None:
                    found["correctness"] = (told.score - 1) / (BEST - 1)
        except UNREADABLE as error:
            raise ModelFailed(f"The judge failed: {error}") from error
        return found


def configured() -> LLM:
    """Return the model of the settings as LlamaIndex has it."""
    model: LLM = OpenAILike(
        model=settings.MODEL_NAME,
        api_base=settings.MODEL_URL,
        api_key=settings.MODEL_KEY or "none",
        is_chat_model=True,
        temperature=0.0,
        max_retries=1,
        timeout=60.0,
    )
    return model
