"""Conflicts: when the source changed under an edit, both texts are shown and staff decide."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from knowledge.curation.conflicts import conflicts, keep_mine, preview, take_source
from knowledge.curation.edits import undo
from knowledge.errors import PermanentError
from knowledge.models import Act, Document, Edit, EditKind, EditState, Version
from tests.factories import MANUAL, accepted, taken_in
from tests.knowledge.curation.test_edits import ada, make, manual, shows, texts, work_off

__all__ = ["ada", "manual"]
pytestmark = pytest.mark.usefixtures("knowledge")
NEWER = MANUAL.replace(
    "The warranty lasts 24 months from", "The warranty lasts 30 months (once 24 months) from"
)


def changed_under(kind: str, tmp_path: Path, text: str = NEWER) -> Edit:
    """Make an edit, then let the source change under it."""
    make(kind)
    work_off()
    taken_in(tmp_path, text)
    return Edit.objects.get()


@pytest.mark.parametrize("kind", ["replace", "disable", "split", "merge"])
def test_an_edit_whose_source_changed_waits_for_a_decision_and_the_source_stands(
    kind: str, manual: Document, tmp_path: Path
) -> None:
    edit = changed_under(kind, tmp_path)

    assert edit.state == EditState.CONFLICT
    assert "30 months" in edit.found_text
    assert conflicts() == [edit]
    assert "30 months" in str(texts(manual))
    assert list(Act.objects.order_by("id").values_list("verb", flat=True)) == ["edited", "edit in conflict"]


@pytest.mark.parametrize("kind", ["replace", "disable", "split", "merge"])
def test_an_edit_that_is_kept_lies_on_what_stands_there_now(
    kind: str, manual: Document, tmp_path: Path, ada: User
) -> None:
    edit = changed_under(kind, tmp_path)

    keep_mine(edit, ada)
    work_off()

    assert shows(kind, manual)
    assert "30 months" not in str(texts(manual)) or kind in ("split", "merge")
    assert conflicts() == []
    assert Act.objects.filter(verb="edit kept", by=ada).exists()


@pytest.mark.parametrize("kind", EditKind.values)
def test_an_edit_given_up_leaves_the_source_as_it_is(
    kind: str, manual: Document, tmp_path: Path, ada: User
) -> None:
    text = NEWER.replace("Damage by lime is not covered", "Damage by lime or by sand is not covered")
    edit = changed_under(kind, tmp_path, text)

    take_source(edit, ada)
    work_off()

    assert not shows(kind, manual)
    assert Edit.objects.get().state == EditState.UNDONE
    assert Version.objects.count() == 3
    assert Act.objects.filter(verb="source taken", by=ada).exists()


def test_a_conflict_shows_what_the_source_said_what_it_says_and_what_staff_wrote(
    manual: Document, tmp_path: Path
) -> None:
    shown = preview(changed_under("replace", tmp_path))

    assert (
        "".join(part.text for part in shown.was) == "The warranty lasts 24 months from the day of delivery."
    )
    assert [part.text for part in shown.now if part.marked] == ["30 months (once ", ")"]
    assert "".join(part.text for part in shown.mine).startswith("The warranty lasts 36 months")
    assert shown.can_keep


def test_a_kept_edit_may_be_reworded(manual: Document, tmp_path: Path) -> None:
    edit = changed_under("replace", tmp_path)

    keep_mine(edit, text="The warranty lasts 40 months.")
    work_off()

    assert "The warranty lasts 40 months. Keep the receipt" in str(texts(manual))


def test_a_source_that_comes_back_ends_the_conflict_by_itself(manual: Document, tmp_path: Path) -> None:
    changed_under("replace", tmp_path)

    taken_in(tmp_path, MANUAL + "\nThe end.\n")

    assert Edit.objects.get().state == EditState.ACTIVE
    assert shows("replace", manual)


def test_the_same_source_again_raises_no_second_alarm(manual: Document, tmp_path: Path) -> None:
    changed_under("replace", tmp_path)

    taken_in(tmp_path, NEWER.replace("## Reset", "Hello to you.\n\n## Reset"))

    assert Act.objects.filter(verb="edit in conflict").count() == 1


def test_where_nothing_like_it_stands_any_more_an_edit_cannot_be_kept(
    manual: Document, tmp_path: Path
) -> None:
    edit = changed_under("replace", tmp_path, "# Hours\n\nWe open at nine and close at five, Sundays aside.")

    with pytest.raises(PermanentError, match="Nothing like it"):
        keep_mine(edit)

    assert not preview(edit).can_keep


def test_a_decision_is_made_once(manual: Document, tmp_path: Path) -> None:
    edit = changed_under("replace", tmp_path)
    take_source(edit)

    for decide in (keep_mine, take_source, undo):
        with pytest.raises(PermanentError):
            decide(edit)


def test_an_edit_undone_while_its_conflict_is_found_stays_undone(manual: Document, tmp_path: Path) -> None:
    edit = make("replace")
    work_off()
    accepted(tmp_path, NEWER)

    undo(edit)
    work_off()

    assert Edit.objects.get().state == EditState.UNDONE
    assert conflicts() == []
