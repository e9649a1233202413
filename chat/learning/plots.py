"""Plots: from figures to lines, dots and bars on a plane of 640 by 320, each with a table twin.

Nothing is drawn here: a template makes SVG of it, for a staff page or for a file.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chat.learning.fitting import Bin, Setting

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 60, 16, 12, 52
TICKS = 5
BARS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A line by its points as SVG wants them; ``kind`` is its look, ``label`` its name in the legend."""

    kind: str
    label: str
    points: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A dot with the words that a pointer shows."""

    x: float
    y: float
    radius: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with the words that a pointer shows."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and the table that says the same."""

    key: str
    title: str
    across: str
    upwards: str
    ticks_across: tuple[Tick, ...]
    ticks_upwards: tuple[Tick, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    bars: tuple[Bar, ...] = ()

    @property
    def frame(self) -> dict[str, float]:
        """Return the sides of the plane and where the names of its axes stand."""
        sides = {"left": LEFT, "right": WIDTH - RIGHT, "top": TOP, "bottom": HEIGHT - BOTTOM}
        return {
            **sides,
            "width": WIDTH,
            "height": HEIGHT,
            "middle": (LEFT + WIDTH - RIGHT) / 2,
            "below": HEIGHT - BOTTOM + 20,
            "foot": HEIGHT - 8,
            "beside": LEFT - 8,
        }


def reliability(bins: Sequence[Bin]) -> Plot:
    """Return how often it was right against how sure we were; on the diagonal both are the same."""
    most = max((one.count for one in bins), default=1)
    dots = (
        Dot(
            _x(one.confidence),
            _y(one.right),
            3 + 7 * math.sqrt(one.count / most),
            f"{percent(one.confidence)} → {percent(one.right)} ({one.count})",
        )
        for one in bins
    )
    rows = ((percent(one.confidence), percent(one.right), str(one.count)) for one in bins)
    way = Line("measured", _("measured"), _points([(one.confidence, one.right) for one in bins]))
    return Plot(
        "reliability",
        _("How sure, and how often right"),
        _("confidence"),
        _("share that was right"),
        _shares(_x),
        _shares(_y),
        (_("Confidence"), _("Right"), _("Questions")),
        tuple(rows),
        (Line("ideal", _("ideal"), _points([(0, 0), (1, 1)])), way),
        tuple(dots),
    )


def risk_coverage(settings: Sequence[Setting], answer_from: float) -> Plot:
    """Return the share of wrong answers against the share that is answered, with today's threshold."""
    way = sorted({(one.answered, one.wrong) for one in settings if one.answered})
    now = min(settings, key=lambda one: abs(one.answer_from - answer_from))
    here = Dot(_x(now.answered), _y(now.wrong), 7, _("now: %(share)s") % {"share": percent(answer_from)})
    rows = (
        (percent(one.answer_from), percent(one.answered), percent(one.wrong), percent(one.refused))
        for one in settings[::5]
    )
    return Plot(
        "risk",
        _("Wrong answers by how much is answered"),
        _("share of the questions answered"),
        _("share of the answers wrong"),
        _shares(_x),
        _shares(_y),
        (_("Answer from"), _("Answered"), _("Of these wrong"), _("Answerable refused")),
        tuple(rows),
        (Line("measured", _("measured"), _points(way)),),
        (here,),
    )


def latency(milliseconds: Sequence[float]) -> Plot:
    """Return in how many questions the whole answer took how long."""
    top = _round_up(max(milliseconds, default=1.0))
    counts = [0] * BARS
    for time in milliseconds:
        counts[min(int(BARS * time / top), BARS - 1)] += 1
    most = _round_up(max(*counts, 1))
    width = (_x(1) - _x(0)) / BARS
    edges = [(top * n / BARS, top * (n + 1) / BARS) for n in range(BARS)]
    rows = tuple((f"{low:,.0f}–{high:,.0f}", str(n)) for (low, high), n in zip(edges, counts, strict=True))
    bars = (
        Bar(
            _x(0) + n * width + 1,
            _y(count / most),
            width - 2,
            _y(0) - _y(count / most),
            f"{rows[n][0]} ms: {count}",
        )
        for n, count in enumerate(counts)
    )
    return Plot(
        "latency",
        _("Time to the whole answer"),
        _("milliseconds"),
        _("questions"),
        tuple(Tick(_x(n / TICKS), f"{top * n / TICKS:,.0f}") for n in range(TICKS + 1)),
        tuple(Tick(_y(n / TICKS), f"{most * n / TICKS:g}") for n in range(TICKS + 1)),
        (_("Milliseconds"), _("Questions")),
        rows,
        bars=tuple(bars),
    )


def ranked(names: Sequence[str], ours: Sequence[float], others: Mapping[str, Sequence[float]]) -> Plot:
    """Return a figure of several sets as bars, numbered as in the table, and of others as dots beside."""
    width = (_x(1) - _x(0)) / max(len(names), 1)
    middles = [_x(0) + (n + 0.5) * width for n in range(len(names))]
    bars = (
        Bar(middle - 0.4 * width, _y(share), width / 2, _y(0) - _y(share), f"{name}: {share:.4f}")
        for name, share, middle in zip(names, ours, middles, strict=True)
    )
    dots = (
        Dot(middle + (0.18 + 0.1 * beside) * width, _y(share), 4, f"{name}, {other}: {share:.4f}")
        for beside, (other, shares) in enumerate(others.items())
        for name, share, middle in zip(names, shares, middles, strict=True)
    )
    rows = zip(names, ours, *others.values(), strict=True)
    return Plot(
        "ranked",
        _("nDCG@10 of the sets; the dots beside, in this order: %(others)s")
        % {"others": ", ".join(others) or "–"},
        _("set"),
        _("nDCG@10"),
        tuple(Tick(middle, str(n)) for n, middle in enumerate(middles, 1)),
        _shares(_y),
        ("", _("Set"), _("Ours"), *others),
        tuple(
            (str(n), name, *(f"{share:.4f}" for share in shares)) for n, (name, *shares) in enumerate(rows, 1)
        ),
        bars=tuple(bars),
        dots=tuple(dots),
    )


def percent(share: float) -> str:
    """Return a share as people read it."""
    return f"{100 * share:.0f} %"


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_x(x)},{_y(y)}" for x, y in pairs)


def _shares(place: Callable[[float], float]) -> tuple[Tick, ...]:
    return tuple(Tick(place(n / TICKS), percent(n / TICKS)) for n in range(TICKS + 1))


def _round_up(value: float) -> float:
    """Return the next number of 1, 2 or 5 times a power of ten: a scale that people can read."""
    power = 10.0 ** math.floor(math.log10(max(value, 1.0)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)
