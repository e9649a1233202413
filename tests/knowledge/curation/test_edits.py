"""Edits: what staff change is what customers find, for as long as they want it so."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from knowledge.curation.edits import (
    add_text,
    disable,
    edits_of,
    merge_with_next,
    replace_text,
    source_text_of,
    split_at,
    undo,
)
from knowledge.errors import PermanentError
from knowledge.ingestion.ingest import ingest
from knowledge.models import Act, Chunk, Document, Edit, EditKind, EditState, Origin, State, Version
from knowledge.placements import OverlayKind
from knowledge.retrieval import Scope, search
from tests.factories import MANUAL, shelf, taken_in
from tests.fakes import AxisEmbedder
from tests.knowledge.ingestion.test_statistics import kept, recounted

pytestmark = pytest.mark.usefixtures("knowledge")
NOTE = "\n\n## Care\n\nWipe the case with a soft cloth once a week, and never use sand or acids on it.\n"


def work_off() -> None:
    """Do all queued work."""
    for version in Version.objects.filter(state=State.QUEUED).order_by("number"):
        ingest(version.id)


def chunk_with(words: str) -> Chunk:
    """Return the live chunk that holds ``words``."""
    live = Document.objects.values("live_version")
    return Chunk.objects.select_related("version").get(version__in=live, text__contains=words)


def chunk_set(document: Document) -> list[tuple[object, ...]]:
    """Return all that makes up the live chunks."""
    live = Document.objects.get(id=document.pk).live_version_id
    columns = (
        "ordinal",
        "text",
        "heading_path",
        "content_hash",
        "start",
        "end",
        "is_disabled",
        "is_searchable",
    )
    return list(Chunk.objects.filter(version=live).order_by("ordinal").values_list(*columns))


def texts(document: Document) -> list[object]:
    """Return the texts of the live chunks that can be found."""
    return [row[1] for row in chunk_set(document) if not row[6]]


@pytest.fixture
def ada() -> User:
    """Return Ada, who curates."""
    return User.objects.create_user("ada", is_staff=True)


@pytest.fixture
def manual(tmp_path: Path) -> Document:
    """Return the manual, taken in."""
    return taken_in(tmp_path)


def make(kind: str, by: User | None = None) -> Edit:
    """Make one edit of a kind on the manual."""
    warranty = chunk_with("24 months")
    match kind:
        case "replace":
            return replace_text(warranty, warranty.text.replace("24 months", "36 months"), by)
        case "disable":
            return disable(warranty, by)
        case "add":
            return add_text(warranty, "Ask for the extended guarantee at the till.", by)
        case "split":
            return split_at(warranty, warranty.text.index("Damage"), by)
        case _:
            return merge_with_next(warranty, by)


def shows(kind: str, document: Document) -> bool:
    """Say whether the edit that ``make`` makes can be seen in the live chunks."""
    found = [str(text) for text in texts(document)]
    match kind:
        case "replace":
            return any("36 months" in text for text in found)
        case "disable":
            return not any("24 months" in text for text in found)
        case "add":
            return "Ask for the extended guarantee at the till." in found
        case "split":
            return any(text.startswith("Damage by lime") for text in found)
        case _:
            return any("24 months" in text and "E-42" in text for text in found)


@pytest.mark.parametrize("kind", EditKind.values)
def test_every_kind_of_edit_survives_a_source_that_changed_elsewhere(
    kind: str, manual: Document, tmp_path: Path, ada: User
) -> None:
    make(kind, ada)
    work_off()
    once = shows(kind, manual)

    taken_in(tmp_path, MANUAL.replace("# Aroma 3000", "# Aroma 3000\n\nHello and welcome to it.") + NOTE)

    assert (once, shows(kind, manual)) == (True, True)
    assert "soft cloth" in str(texts(manual))
    assert Edit.objects.get().state == EditState.ACTIVE
    assert shelf().chunk_count == Chunk.objects.filter(is_searchable=True).count() == len(texts(manual))


@pytest.mark.parametrize("kind", EditKind.values)
def test_undoing_an_edit_brings_the_very_same_chunks_back(kind: str, manual: Document, ada: User) -> None:
    before = chunk_set(manual)
    edit = make(kind, ada)
    work_off()
    between = chunk_set(manual)

    undo(edit, ada)
    work_off()

    assert between != before
    assert chunk_set(manual) == before
    assert list(Act.objects.order_by("id").values_list("verb", "by__username")) == [
        ("edited", "ada"),
        ("edit undone", "ada"),
    ]
    assert kept(shelf()) == recounted(shelf())


def test_an_edit_embeds_only_what_it_changed_and_is_found_at_once(manual: Document) -> None:
    AxisEmbedder.embedded.clear()

    make("replace")
    work_off()

    assert len(AxisEmbedder.embedded) == 1
    assert "36 months" in search("How long is the warranty?", Scope())[0].text
    assert Document.objects.get().live_version.origin == Origin.EDIT  # type: ignore[union-attr]  # it is live


def test_the_source_beneath_an_edit_can_be_read_and_the_edits_place_in_the_text(manual: Document) -> None:
    source = Document.objects.get().live_version.text  # type: ignore[union-attr]  # it is live
    make("replace")
    work_off()

    live = Version.objects.get(number=2)
    (view,) = edits_of(Document.objects.get())

    assert source_text_of(live) == source
    assert live.text[view.start : view.end] == "The warranty lasts 36 months from the day of delivery."
    assert view.edit.source_text == "The warranty lasts 24 months from the day of delivery."


def test_a_disabled_chunk_is_never_found_and_has_no_vector(manual: Document) -> None:
    make("disable")
    work_off()

    found = search("How long is the warranty? Keep the receipt, damage by lime", Scope())

    assert not any("24 months" in passage.text or "lime" in passage.text for passage in found)
    disabled = Chunk.objects.get(is_disabled=True)
    assert (disabled.is_searchable, disabled.embeddings.count()) == (False, 0)


def test_a_sentence_that_two_passages_share_stays_when_the_second_is_disabled(tmp_path: Path) -> None:
    document = taken_in(tmp_path, "# Long\n\n" + " ".join(f"Sentence {n} of many here." for n in range(80)))
    first, second = Chunk.objects.order_by("ordinal")[:2]

    disable(second)
    work_off()

    assert second.start < first.end
    assert texts(document)[0] == first.text
    assert not any(second.text[-24:] in str(text) for text in texts(document))


def test_an_edited_passage_can_be_edited_again_and_undone_step_by_step(manual: Document) -> None:
    make("replace")
    work_off()
    second = replace_text(chunk_with("36 months"), chunk_with("36 months").text.replace("36", "48"))
    work_off()
    twice = "48 months" in str(texts(manual))

    undo(second)
    work_off()

    assert twice
    assert "36 months" in str(texts(manual))


def test_an_added_passage_can_be_reworded_but_not_split_or_disabled(manual: Document) -> None:
    make("add")
    work_off()
    added = chunk_with("extended guarantee")

    with pytest.raises(PermanentError, match="added by staff"):
        disable(added)
    with pytest.raises(PermanentError, match="Staff wrote"):
        split_at(added, 10)
    replace_text(added, "Ask for the guarantee at the desk.")
    work_off()

    assert "Ask for the guarantee at the desk." in texts(manual)
    assert "extended" not in str(texts(manual))


def test_two_edits_before_the_first_is_live_make_one_version_and_never_overwrite_each_other(
    manual: Document,
) -> None:
    make("replace")
    make("split")
    stale = chunk_with("24 months")

    with pytest.raises(PermanentError, match="on its way"):
        replace_text(stale, stale.text.replace("24", "60"))
    work_off()

    assert shows("replace", manual)
    assert shows("split", manual)
    assert Version.objects.count() == 2


def test_a_passage_of_an_old_version_cannot_be_edited(manual: Document) -> None:
    stale = chunk_with("24 months")
    make("replace")
    work_off()

    with pytest.raises(PermanentError, match="another version"):
        disable(stale)


def test_a_merge_takes_the_place_of_the_split_within_it(manual: Document) -> None:
    before = chunk_set(manual)
    make("split")
    work_off()

    merge_with_next(chunk_with("24 months"))
    work_off()

    assert [row[1] for row in chunk_set(manual)] == [row[1] for row in before]
    assert list(Edit.objects.order_by("id").values_list("state", flat=True)) == ["undone", "active"]


def test_passages_too_long_for_one_are_not_merged(tmp_path: Path) -> None:
    taken_in(tmp_path, "# Long\n\n" + " ".join(f"Word {number} of many others here." for number in range(80)))
    first = Chunk.objects.order_by("ordinal")[0]
    second = Chunk.objects.order_by("ordinal")[1]
    merge_with_next(first)
    work_off()

    with pytest.raises(PermanentError, match="holds 320"):
        merge_with_next(Chunk.objects.get(version__number=2, ordinal=0))

    assert second.text[-20:] in Chunk.objects.get(version__number=2, ordinal=0).text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda chunk: replace_text(chunk, chunk.text), "Nothing was changed"),
        (lambda chunk: add_text(chunk, " \n "), "Write what"),
        (lambda chunk: split_at(chunk, 0), "within the passage"),
        (lambda chunk: split_at(chunk, 10_000), "within the passage"),
    ],
)
def test_what_changes_nothing_is_refused_with_a_sentence(
    change: Callable[[Chunk], object], sentence: str, manual: Document
) -> None:
    with pytest.raises(PermanentError, match=sentence):
        change(chunk_with("24 months"))

    assert not Edit.objects.exists()


def test_the_kinds_of_edits_are_those_of_overlays() -> None:
    assert set(EditKind.values) == {kind.value for kind in OverlayKind}
