"""Support: a sentence is shown when a passage bears it out, and cites the sentences that do."""

from collections.abc import Sequence

import pytest

from chat.answering.support import Borne, Support, model_judge
from knowledge.passages import Passage
from tests.factories import passage
from tests.fakes import ScriptedModel

WARRANTY = (
    "The warranty lasts 24 months from the day of delivery. It costs 1,299.50 Euro. You can return the "
    "machine within 30 days. Damage by lime isn’t covered by the warranty. It was built on 5 March 2026."
)
RESET = (
    "To reset the machine, hold the power button for ten seconds until the lamp blinks twice. Turn the knob "
    "clockwise. Do not open the lid before the lamp is off. Error E-42 means that the pump is blocked."
)


async def borne(
    sentence: str,
    *texts: str | Passage,
    marked: int = 1,
    language: str = "en",
    support: Support | None = None,
) -> Borne | None:
    """Return what bears a sentence out that is marked with the given passage, counted from 1; 0 for none."""
    given = [text if isinstance(text, Passage) else passage(text) for text in texts]
    leant_on = [given[marked - 1]] if marked else []
    return await (support or Support()).supporting(sentence, leant_on, given, language)


@pytest.mark.parametrize(
    "sentence",
    [
        "The warranty lasts 24 months.",
        "The warranty is two years, from delivery.",
        "It costs 1.299,50 Euro.",
        "You can return the machine within 30 days.",
        "The warranty does not cover damage by lime.",
        "It was built on March 5th, 2026.",
    ],
)
async def test_what_the_passage_says_is_borne_out_in_other_words_too(sentence: str) -> None:
    assert await borne(sentence, WARRANTY) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "The warranty lasts 42 months.",
        "The warranty lasts 24 days.",
        "You can return the machine within 24 months.",
        "You have 24 months to return the machine.",
        "The warranty lasts 30 days.",
        "The warranty never lasts 24 months.",
        "The warranty covers damage by lime.",
        "It costs 1,299.51 Euro.",
        "It was built on 6 March 2026.",
        "Penguins live at the South Pole.",
    ],
)
async def test_a_wrong_number_date_or_denial_falls(sentence: str) -> None:
    assert await borne(sentence, WARRANTY) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Turn the knob anticlockwise.",
        "Open the lid before the lamp is off.",
        "Error E-43 means that the pump is blocked.",
        "Hold the power button for ten seconds, then press the reset key of the router.",
        "Then call our hotline and confirm your address.",
    ],
)
async def test_opposites_other_codes_and_invented_steps_fall(sentence: str) -> None:
    assert await borne(sentence, RESET) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "No, the warranty does not cover damage by lime.",
        "On the other hand, you can return the machine within 30 days.",
        "This means that the warranty lasts 24 months.",
    ],
)
async def test_how_a_sentence_joins_on_to_what_was_said_needs_no_source(sentence: str) -> None:
    assert await borne(sentence, WARRANTY) is not None


@pytest.mark.parametrize(
    "sentence",
    ["Yes, the warranty covers damage by lime.", "On the other hand, the warranty lasts 42 months."],
)
async def test_a_lie_behind_such_an_opening_falls(sentence: str) -> None:
    assert await borne(sentence, WARRANTY) is None


@pytest.mark.parametrize("sentence", ["Upgrade to a higher tier.", "Yes, you need to upgrade."])
async def test_a_short_sentence_does_not_stand_without_its_condition(sentence: str) -> None:
    tiers = "If you need access at once, upgrade to a higher tier. Invoices are sent by mail."

    assert await borne(sentence, tiers) is None
    assert await borne("If you need access, upgrade to a higher tier.", tiers) is not None
    assert await borne("Invoices are mailed.", f"{tiers} Invoices are mailed to you.") is not None


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("We learn from how earlier viruses behaved.", False),
        ("Yes. It stays there for a day.", True),
        ("It travels on parcels for a day, as any virus.", True),
    ],
)
async def test_a_question_alone_bears_nothing_out(text: str, stands: bool) -> None:
    said = "Yes, the virus travels on parcels."
    row = passage(text, question="Does the virus travel on parcels?", heading_path=())
    titled = passage(text, title="Does the virus travel on parcels?", heading_path=())

    for source in (row, titled):
        assert (await Support().supporting(said, [], [source], "en") is not None) is stands


async def test_a_short_sentence_does_not_stand_when_one_of_its_words_is_missing() -> None:
    manual = "Parcels are kept for a week. Letters travel by train."

    assert await borne("Parcels travel by boat.", manual) is None
    assert await borne("Letters do travel by train.", manual) is not None


async def test_a_heading_that_asks_nothing_still_says_what_it_says() -> None:
    named = passage("Tap it twice.", title="Reset of the machine", heading_path=())

    assert await Support().supporting("Reset of the machine: tap it twice.", [], [named], "en") is not None


async def test_a_line_that_ends_before_what_it_denies_is_no_contrary() -> None:
    served = "It is the duty of the petitioner to have papers personally served \n\tno later than Monday."

    said = "It is the duty of the petitioner to have papers personally served no later than Monday."

    assert await borne(said.replace("the duty", "a duty"), served) is not None
    assert await borne("It is not the duty of the petitioner to have papers served.", served) is None


@pytest.mark.parametrize(
    ("text", "true", "lie", "language"),
    [
        (
            "Die Garantie gilt 24 Monate. Die Rückgabe ist 30 Tage möglich.",
            "Die Garantie gilt zwei Jahre.",
            "Die Garantie gilt 30 Tage.",
            "de",
        ),
        (
            "La garantía no cubre los daños por cal.",
            "La garantía no cubre daños por cal.",
            "La garantía cubre los daños por cal.",
            "es",
        ),
        (
            "Ouvrez le couvercle avant le rinçage.",
            "Le couvercle: ouvrez-le avant le rinçage.",
            "Fermez le couvercle avant le rinçage.",
            "fr",
        ),
    ],
)
async def test_other_languages_are_held_to_the_same(text: str, true: str, lie: str, language: str) -> None:
    source = passage(text, language=language)

    assert await borne(true, source, language=language) is not None
    assert await borne(lie, source, language=language) is None


async def test_a_citation_is_the_sentence_that_bears_it_out_and_not_the_whole_passage() -> None:
    found = await borne("Damage by lime is not covered.", WARRANTY)

    assert found is not None
    ((source, start, end),) = found.parts
    assert source.text[start:end] == "Damage by lime isn’t covered by the warranty."


@pytest.mark.parametrize("marked", [0, 2])
async def test_a_missing_or_swapped_mark_is_set_right(marked: int) -> None:
    found = await borne("Turn the knob clockwise.", RESET, WARRANTY, marked=marked)

    assert found is not None
    assert [source.text for source, _, _ in found.parts] == [RESET]


async def test_of_two_passages_that_say_the_same_the_marked_one_is_cited() -> None:
    first, second = passage("The lamp is green."), passage("The lamp is green.")

    found = await borne("The lamp is green.", first, second, marked=2)

    assert found is not None
    assert found.parts[0][0] == second


async def test_two_passages_bear_out_together_what_none_does_alone() -> None:
    lamp = "The lamp of the Aroma glows green after the descaling."
    filter_ = "The filter of the grinder wants washing every week."

    found = await borne("The lamp glows green after descaling and the filter wants washing.", lamp, filter_)

    assert found is not None
    assert {source.text for source, _, _ in found.parts} == {lamp, filter_}


async def test_a_passage_that_says_nearly_the_same_but_for_a_number_overrules_others() -> None:
    other = "The 36 steps of the warranty desk are many: the warranty lasts long."

    assert await borne("The warranty lasts 36 months from the day of delivery.", WARRANTY, other) is None


async def test_the_headings_of_a_passage_count_as_its_words() -> None:
    source = passage("It lasts two years.", heading_path=("Warranty of the Aroma",))

    assert await borne("The warranty of the Aroma lasts two years.", source) is not None


async def test_across_languages_marks_and_facts_decide_where_meaning_cannot_be_compared() -> None:
    assert await borne("Die Garantie gilt 24 Monate.", WARRANTY, language="de") is not None
    assert await borne("Die Garantie gilt 36 Monate.", WARRANTY, language="de") is None
    assert await borne("Die Garantie gilt 24 Monate.", WARRANTY, marked=0, language="de") is None


async def test_across_languages_meaning_finds_the_sentence() -> None:
    axes = {"warranty lasts": 0, "Garantie": 0, "Deckel": 1}

    def place(text: str) -> int:
        return next((axis for word, axis in axes.items() if word in text), 2)

    async def like(sentence: str, others: Sequence[str]) -> list[float]:
        return [float(place(sentence) == place(other)) for other in others]

    support = Support(like)

    found = await borne("Die Garantie gilt 24 Monate.", WARRANTY, marked=0, language="de", support=support)
    far = await borne("Der Deckel ist blau.", WARRANTY, language="de", support=support)

    assert found is not None
    assert [WARRANTY[start:end] for _, start, end in found.parts] == [WARRANTY.partition(" It costs")[0]]
    assert far is None


async def test_a_judge_has_the_last_word_but_not_on_facts() -> None:
    asked: list[tuple[str, str]] = []

    async def judge(pairs: Sequence[tuple[str, str]]) -> list[float]:
        asked.extend(pairs)
        return [0.9 if "delivery" in pair[1] else 0.1 for pair in pairs]

    support = Support(judge=judge)

    assert (
        await borne("Starting at delivery, a warranty of 24 months.", WARRANTY, support=support) is not None
    )
    assert await borne("The warranty lasts two years.", WARRANTY, support=support) is None
    assert await borne("The warranty lasts 42 months.", WARRANTY, support=support) is None
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("reply", "probability"),
    [("Yes.", 1.0), ('"no"', 0.0), ("**Yes**, it does", 1.0), ("I am not sure", 0.5), ("", 0.5)],
)
async def test_a_model_is_asked_for_a_yes_or_no_about_fenced_words(reply: str, probability: float) -> None:
    model = ScriptedModel()
    model.enqueue(reply)
    judge = model_judge(model.stream, "Say yes or no.")

    (judged,) = await judge([("The lamp </passage> is green.", "The lamp is\ngreen.")])

    assert judged == probability
    ((_, instructions), (_, question)) = model.asked[0]
    assert instructions == "Say yes or no."
    assert question.count("</passage>") == 1
    assert question.endswith("Statement: The lamp is green.")


async def test_how_long_something_lasts_is_no_condition() -> None:
    manual = "Hold the power button for ten seconds until the lamp blinks twice."

    assert await borne("Hold the power button for ten seconds.", manual) is not None
