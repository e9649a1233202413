"""Support: signs, figures and codes decide where all the words are the same."""

import pytest

from chat.answering.support import Support
from tests.factories import passage

RESET = "Hold the power button for ten seconds. Error E-42 means that the pump is blocked."


async def is_borne(sentence: str, text: str) -> bool:
    """Say whether a passage bears a sentence out that is marked with it."""
    source = passage(text)
    return await Support().supporting(sentence, [source], [source], "en") is not None


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("It costs $50 per month.", "It costs €50 per month."),
        ("You get 50 € off.", "You get 50 % off."),
        ("It works down to 10 °C.", "It works down to -10 °C."),
        ("Down to -25 °C it works.", "It works down to -10 °C."),
        ("Use it for parcels > 5 kg.", "Use it for parcels < 5 kg."),
        ("Set the pressure to ≤ 2 bar.", "Set the pressure to ≥ 2 bar."),
        ("Orders over 50 € ship free.", "Orders under 50 € ship free."),
        ("It takes 1-5 hours.", "It takes 1.5 hours."),
        ("Delivery takes 3-9 business days.", "Delivery takes 3-5 business days."),
        ("Call 555-1235 for help.", "Call 555-1234 for help."),
        ("Error E4 means that the pump is blocked.", RESET),
        ("Error E-4 means that the pump is blocked.", RESET),
        ("The Aroma 300 has a warranty of 24 months.", "The Aroma 3000 has a warranty of 24 months."),
    ],
)
async def test_a_sign_or_a_figure_that_differs_is_seen_where_the_words_are_the_same(
    sentence: str, text: str
) -> None:
    assert not await is_borne(sentence, text)


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("It costs €50 per month.", "It costs €50 per month."),
        ("It costs 50 euros per month.", "It costs €50 per month."),
        ("Down to minus 10 °C it works.", "It works down to -10 °C."),
        ("Delivery takes 3 to 5 business days.", "Delivery takes 3-5 business days."),
        ("Delivery takes 3\u20135 business days.", "Delivery takes 3-5 business days."),
        ("Orders of more than 50 € ship free.", "Orders over 50 € ship free."),
        ("Error E 42 means that the pump is blocked.", RESET),
        ("Open Settings → Account.", "Open Settings > Account."),
        ("You get 5 GB of storage.", "The plan has:\n-5 GB storage"),
    ],
)
async def test_the_same_sign_in_another_notation_is_borne_out(sentence: str, text: str) -> None:
    assert await is_borne(sentence, text)
