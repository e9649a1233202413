"""Judging: LlamaIndex's evaluators with a model that says what a script tells it."""

from collections import deque
from typing import Any

import pytest
from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata
from llama_index.core.llms.callbacks import llm_completion_callback

from chat.errors import ModelFailed
from chat.evaluation.judging import LlamaIndexJudge


class ScriptedLLM(CustomLLM):
    """A model of LlamaIndex that gives its replies in order, and keeps what it was asked."""

    replies: deque[str] = deque()
    asked: list[str] = []

    @property
    def metadata(self) -> LLMMetadata:
        """Return that it has room for anything."""
        return LLMMetadata(context_window=100_000)

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Return the next reply."""
        self.asked.append(prompt)
        if not self.replies:
            raise ValueError("The script has ended.")
        return CompletionResponse(text=self.replies.popleft())

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """Return the next reply in one piece."""
        yield self.complete(prompt)


def judge_saying(*replies: str) -> tuple[LlamaIndexJudge, ScriptedLLM]:
    """Return a judge whose model has a script."""
    model = ScriptedLLM(replies=deque(replies), asked=[])
    return LlamaIndexJudge(model), model


async def test_opinions_are_shares_and_correctness_is_told_from_one_to_five() -> None:
    judge, model = judge_saying("YES", "NO", "4.0\nNearly all of it.")

    opinions = await judge.judge("How long?", "It lasts 24 months.", ["It lasts 24 months."], "24 months")

    assert opinions == {"faithfulness": 1.0, "relevancy": 0.0, "correctness": 0.75}
    assert all("24 months" in prompt for prompt in model.asked)


async def test_correctness_is_not_asked_where_nobody_knows_what_was_wanted() -> None:
    judge, model = judge_saying("YES", "YES")

    opinions = await judge.judge("How long?", "24 months.", ["24 months."], "")

    assert opinions == {"faithfulness": 1.0, "relevancy": 1.0}
    assert not model.replies


async def test_a_model_that_fails_is_said() -> None:
    judge, _model = judge_saying("YES")

    with pytest.raises(ModelFailed, match="The script has ended"):
        await judge.judge("How long?", "24 months.", ["24 months."], "24 months")
