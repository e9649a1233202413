"""Engines: the judge of support is the one of the settings, and what leaves doubt is looked at closely."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from chat.answering.deciding import Calibration, calibrated, logit_of
from chat.answering.support import Judge
from chat.realtime.engines import configured_judge, looked_up
from knowledge.retrieval import Scope
from tests.factories import taken_in


async def doubting(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Judge that nothing is borne out."""
    return [0.0 for _ in pairs]


def own_judge() -> Judge:
    """Return a judge as an installation would bring it."""
    return doubting


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    configured_judge.cache_clear()
    yield
    configured_judge.cache_clear()


@pytest.mark.parametrize(("judge", "url"), [("", "http://model/v1"), ("model", "")])
def test_without_the_setting_or_a_model_nobody_judges(settings: Settings, judge: str, url: str) -> None:
    settings.SUPPORT_JUDGE, settings.MODEL_URL = judge, url

    assert configured_judge() is None


def test_an_installation_brings_a_judge_of_its_own(settings: Settings) -> None:
    settings.SUPPORT_JUDGE = f"{__name__}.own_judge"

    assert configured_judge() is doubting


def test_the_model_itself_may_judge(settings: Settings) -> None:
    settings.SUPPORT_JUDGE, settings.MODEL_URL = "model", "http://model/v1"

    assert configured_judge() is not None


@pytest.mark.usefixtures("axes", "db")
@pytest.mark.parametrize("is_doubted", [True, False])
def test_what_leaves_doubt_is_looked_at_closely(tmp_path: Path, is_doubted: bool) -> None:
    taken_in(tmp_path, "The filter of the robot is cleaned. Nothing else is.", "robot.txt")
    (found,) = looked_up("Is the filter cleaned?", Scope(), Calibration())
    logit = logit_of("Is the filter cleaned?", [replace(found, closest=None)])
    threshold = calibrated(logit, Calibration()) if is_doubted else 1.0

    (seen,) = looked_up("Is the filter cleaned?", Scope(), Calibration(threshold))

    assert (seen.closest is not None) is is_doubted
