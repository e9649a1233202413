"""Curated answers: staff write, find, import and export them."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knowledge.models import Act, CuratedAnswer, CuratedQuestion
from tests.factories import shelf
from tests.knowledge.curated.approving import approved

pytestmark = pytest.mark.usefixtures("knowledge")
LIST = "/staff/curated/"
NEW = "/staff/curated/new/"
IMPORT = "/staff/curated/import/"


def saying(**changes: str) -> dict[str, str]:
    """Return the form as a browser sends it."""
    return {
        "collection": shelf().slug,
        "question": "How long is the warranty?",
        "variants": "warranty?\n\nHow many months of warranty do I have?\n",
        "text": "It lasts 24 months.",
        "is_enabled": "on",
        **changes,
    }


def imported(client: Client, text: str, name: str = "answers.csv", **data: Any) -> str:
    """Upload a file; return the page that comes."""
    file = SimpleUploadedFile(name, text.encode())
    return client.post(IMPORT, {"file": file, **data}, follow=True).content.decode()


def found(client: Client, **filters: str) -> int:
    """Return how many answers the list shows."""
    return len(client.get(LIST, filters).context["page"].rows)


def test_an_empty_list_says_what_to_do_next(ada_client: Client) -> None:
    without_shelf = ada_client.get(LIST).content.decode()
    shelf()
    html = ada_client.get(LIST).content.decode()

    assert "Create the first collection" in without_shelf
    assert "New curated answer" in html
    assert IMPORT in html


def test_a_new_answer_keeps_its_wordings_in_order_and_says_who_made_it(ada_client: Client) -> None:
    html = ada_client.post(NEW, saying(), follow=True).content.decode()

    answer = CuratedAnswer.objects.get()
    assert [question.text for question in answer.questions.all()] == [
        "How long is the warranty?",
        "warranty?",
        "How many months of warranty do I have?",
    ]
    assert str(answer.made_by) == "ada"
    assert "“How long is the warranty?” is saved." in html
    assert "and 2 other wordings" in html


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": "See [1]."}, "would pass for a citation"),
        ({"source_url": "javascript:alert(1)"}, "is no address of a page"),
        ({"question": ""}, "This field is required."),
        ({"expires_on": "soon"}, "Enter a valid date."),
    ],
)
def test_what_cannot_be_is_explained_and_what_was_written_stays(
    ada_client: Client, changes: dict[str, str], sentence: str
) -> None:
    html = ada_client.post(NEW, saying(**changes)).content.decode()

    assert sentence in html
    assert "How many months of warranty do I have?" in html
    assert not CuratedAnswer.objects.exists()


def test_a_wording_of_another_answer_is_refused(ada_client: Client) -> None:
    approved("Warranty?")

    html = ada_client.post(NEW, saying()).content.decode()

    assert "is asked by another curated answer" in html


def test_an_answer_is_changed_in_the_form_that_shows_it(ada_client: Client) -> None:
    answer = approved("How do I reset it?", "Reset?", expires_on=date(2031, 5, 4))
    where = reverse("staff:curated-edit", args=[answer.pk])

    shown = ada_client.get(where).content.decode()
    ada_client.post(where, saying(is_enabled=""))

    assert "How do I reset it?" in shown
    assert "2031-05-04" in shown
    answer.refresh_from_db()
    assert (answer.text, answer.is_enabled, answer.expires_on) == ("It lasts 24 months.", False, None)


def test_disabling_enabling_and_deleting_are_one_click_each_and_recorded(ada_client: Client) -> None:
    answer = approved()
    acts = ("disable", "enable", "delete")

    seen = []
    for act in acts:
        ada_client.post(reverse(f"staff:curated-{act}", args=[answer.pk]))
        seen.append(list(CuratedAnswer.objects.values_list("is_enabled", flat=True)))

    assert seen == [[False], [True], []]
    verbs = list(Act.objects.order_by("id").values_list("verb", flat=True))
    assert verbs[-3:] == [f"curated answer {verb}" for verb in ("disabled", "enabled", "removed")]


def test_deleting_asks_first(ada_client: Client) -> None:
    answer = approved("How do I reset it?")

    html = ada_client.get(reverse("staff:curated-delete", args=[answer.pk])).content.decode()

    assert "Delete the answer to “How do I reset it?”?" in html
    assert CuratedAnswer.objects.exists()


def test_a_warning_is_shown_and_goes_when_staff_say_that_it_is_still_right(ada_client: Client) -> None:
    answer = approved()
    CuratedAnswer.objects.update(warning="“Manual” says: “Nine seconds.”", warning_key="k")

    warned = ada_client.get(LIST, {"state": "warned"}).content.decode()
    ada_client.post(reverse("staff:curated-confirm", args=[answer.pk]))

    assert "Nine seconds." in warned
    assert ">Still right</button>" in warned
    answer.refresh_from_db()
    assert (answer.warning, answer.confirmed) == ("", ["k"])


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"q": "RESET"}, 1),
        ({"q": "other way"}, 1),
        ({"q": "lamp"}, 4),
        ({"state": "given"}, 2),
        ({"state": "off"}, 1),
        ({"state": "expired"}, 1),
        ({"state": "warned"}, 1),
        ({"state": "unused"}, 3),
        ({"state": "nonsense"}, 4),
        ({"collection": "internal"}, 0),
    ],
)
def test_the_filters_live_in_the_address(ada_client: Client, filters: dict[str, str], count: int) -> None:
    shelf("internal", "internal")
    approved("How do I reset it?", "The other way to ask")
    approved("Off?", is_enabled=False)
    approved("Expired?", expires_on=timezone.localdate() - timedelta(days=1))
    warned = approved("Warned?")
    CuratedAnswer.objects.filter(pk=warned.pk).update(warning="Look.", hits=3)

    assert found(ada_client, **filters) == count


def test_what_is_exported_can_be_imported(ada_client: Client) -> None:
    approved("How do I reset it?", "Reset?")
    for kind in ("csv", "json"):
        response = ada_client.get(reverse("staff:curated-export", args=[kind]))
        CuratedAnswer.objects.all().delete()

        html = imported(ada_client, response.content.decode(), f"answers.{kind}")

        assert "attachment" in response.headers["Content-Disposition"]
        assert "1 answer added" in html
        assert CuratedQuestion.objects.count() == 2


def test_an_export_of_one_collection_leaves_the_others_out(ada_client: Client) -> None:
    approved("Here?")
    approved("There?", collection=shelf("internal", "internal"))

    response = ada_client.get(reverse("staff:curated-export", args=["json"]), {"collection": "internal"})

    assert [row["question"] for row in json.loads(response.content)] == ["There?"]


def test_bad_rows_are_named_one_by_one_and_nothing_is_imported(ada_client: Client) -> None:
    shelf()
    text = "question,answer,expires_on\nGood?,Yes.,\nBad?,Yes.,soon\nBare?,,\n"

    html = imported(ada_client, text, collection="help-centre")

    assert "Line 3: “soon” is no date" in html
    assert "Line 4: There is no answer" in html
    assert "Nothing was imported." in html
    assert not CuratedAnswer.objects.exists()


def test_bad_rows_are_skipped_when_staff_say_so(ada_client: Client) -> None:
    shelf()
    text = "question,answer,expires_on\nGood?,Yes.,\nBad?,Yes.,soon\n"

    html = imported(ada_client, text, collection="help-centre", skip_bad="on")

    assert "These rows were skipped:" in html
    assert "1 answer added" in html
    assert CuratedAnswer.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "name", "sentence"),
    [
        ("question\n", "answers.csv", "answer is missing"),
        ("{", "answers.json", "The file is no JSON"),
        ("question,answer\n", "answers.xlsx", "neither CSV nor JSON"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(ada_client: Client, text: str, name: str, sentence: str) -> None:
    html = imported(ada_client, text, name)

    assert sentence in html


def test_a_document_is_linked_from_its_page_and_let_go_again(ada_client: Client, make_document: Any) -> None:
    document = make_document("Manual")
    shown = ada_client.get(NEW, {"document": str(document.pk)}).content.decode()

    ada_client.post(NEW, saying(document=str(document.pk), keeps_document="on"))
    linked = CuratedAnswer.objects.get()
    ada_client.post(reverse("staff:curated-edit", args=[linked.pk]), saying(document=str(document.pk)))

    assert "Linked to" in shown
    assert linked.document == document
    assert CuratedAnswer.objects.get().document is None


@pytest.mark.parametrize("number", ["nonsense", "00000000-0000-0000-0000-000000000007"])
def test_a_document_that_is_not_there_is_not_linked(ada_client: Client, number: str) -> None:
    shelf()

    response = ada_client.get(NEW, {"document": number})

    assert response.status_code == 200
    assert "Linked to" not in response.content.decode()
