"""The outbox: bounded, and choosy about what it forgets."""

from hypothesis import given
from hypothesis import strategies as st

from chat.realtime.outbox import MOST_BYTES, MOST_FRAMES, Item, Kind, Outbox

FRAMES = st.tuples(st.sampled_from([Kind.LIVE, Kind.REPLY, Kind.FACT]), st.integers(0, 120_000))


def filled(kind: Kind, size: int = 10, count: int = MOST_FRAMES) -> Outbox:
    """Return an outbox with some items."""
    outbox = Outbox()
    for _ in range(count):
        outbox.put(Item(kind, "x" * size))
    return outbox


def test_what_is_live_makes_room_for_a_fact_and_a_snapshot_is_owed() -> None:
    outbox = filled(Kind.LIVE)

    taken = outbox.put(Item(Kind.FACT, "fact"))

    assert taken
    assert len(outbox) == 1
    assert outbox.has_dropped


def test_what_is_live_finds_no_room_in_a_full_outbox() -> None:
    outbox = filled(Kind.FACT)

    taken = outbox.put(Item(Kind.LIVE, "delta"))

    assert not taken
    assert outbox.has_dropped
    assert len(outbox) == MOST_FRAMES


def test_a_fact_without_room_is_refused_and_owes_no_snapshot() -> None:
    outbox = filled(Kind.FACT)

    taken = outbox.put(Item(Kind.FACT, "one more"))

    assert not taken
    assert not outbox.has_dropped


def test_a_note_is_taken_once_however_full_it_is() -> None:
    outbox = filled(Kind.FACT)

    outbox.note(Item(Kind.READ))
    outbox.note(Item(Kind.READ))

    assert len(outbox) == MOST_FRAMES + 1
    assert outbox.waits(Kind.READ)


def test_nothing_follows_a_close() -> None:
    outbox = Outbox()
    outbox.put(Item(Kind.REPLY, "why"))
    outbox.note(Item(Kind.CLOSE, code=4400))

    taken = outbox.put(Item(Kind.FACT, "fact"))

    assert not taken
    assert [item.kind for item in (outbox.pop(), outbox.pop()) if item] == [Kind.REPLY, Kind.CLOSE]
    assert outbox.pop() is None


def test_a_single_frame_of_any_size_is_taken() -> None:
    outbox = Outbox()

    taken = outbox.put(Item(Kind.FACT, "x" * (MOST_BYTES + 1)))

    assert taken


@given(st.lists(FRAMES, max_size=400))
def test_it_never_holds_more_than_it_may_and_keeps_the_order_of_facts(frames: list[tuple[Kind, int]]) -> None:
    outbox, facts = Outbox(), []
    for number, (kind, size) in enumerate(frames):
        item = Item(kind, str(number).rjust(size, "."))
        if outbox.put(item) and kind is Kind.FACT:
            facts.append(item)

        assert len(outbox) <= MOST_FRAMES
        assert outbox.bytes <= MOST_BYTES or len(outbox) == 1

    left = [item for item in iter(outbox.pop, None) if item.kind is Kind.FACT]
    assert left == facts
    assert outbox.bytes == 0
