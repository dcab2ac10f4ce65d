"""The picture of the time line: lanes of activity under the findings, as SVG without script, style or address."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from perito.findings.wording import Translator
from perito.findings.wording.texts import LANES
from perito.report.marks import ROW, Mark, clusters, draw_marks, place_labels
from perito.report.scale import Scale, days, period, ticks
from perito.report.shown import number

Lanes = dict[str, list[tuple[float, int]]]
BAR = 4.0
FINDINGS = LANES["findings"]
HEIGHT = 26


@dataclass(frozen=True)
class Layout:
    """Hold the measures of one drawing: a wide one with names at the left, or a narrow one with names above."""

    width: int
    left: int
    right: int
    label_rows: int
    name_above: bool


WIDE = Layout(width=1000, left=96, right=64, label_rows=4, name_above=False)
NARROW = Layout(width=380, left=4, right=4, label_rows=3, name_above=True)


def counted(activity: Iterable[tuple[str, str, int]]) -> Lanes:
    """Return (day, records) by lane, without what has no usable time; a lane unknown here counts as system."""
    lanes: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    for start, lane, count in activity:
        day = days(start)
        if day is not None and lane != "findings" and count > 0:
            lanes[lane if lane in LANES else "system"].append((day, count))
    return {lane: lanes[lane] for lane in LANES if lane in lanes}


def by_year(lanes: Lanes, found: Sequence[Mark]) -> list[tuple[int, dict[str, int]]]:
    """Return the counts of each lane by year, oldest first: the picture as a table."""
    years: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for lane, counts in lanes.items():
        for day, count in counts:
            years[date.fromordinal(int(day)).year][lane] += count
    for mark in found:
        years[date.fromordinal(int(mark.day)).year]["findings"] += 1
    return sorted((year, dict(counts)) for year, counts in years.items())


def beyond(lanes: Lanes, found: Sequence[Mark]) -> int:
    """Return how many records lie outside the period that the picture shows."""
    shown = _period(lanes, found)
    counts = [pair for rows in lanes.values() for pair in rows]
    return sum(count for day, count in counts if shown and not shown[0] <= day <= shown[1])


def draw(lanes: Lanes, found: Sequence[Mark], words: Translator, layout: Layout) -> Markup:
    """Return the drawing, or the empty text where nothing has a time."""
    shown = _period(lanes, found)
    if shown is None:
        return Markup()
    scale = Scale(*shown, layout.left, layout.width - layout.left - layout.right)
    drawn = clusters(found, scale)
    rows = place_labels(drawn, layout.width, layout.label_rows)
    top = 6 + ROW * rows + 24
    pitch = HEIGHT + (22 if layout.name_above else 12)
    bottom = top + pitch * len(lanes) + 4
    body = Markup().join(
        _lane(lane, lanes[lane], scale, words, layout, top + pitch * (place + 1)) for place, lane in enumerate(lanes)
    )
    name = Markup("") if layout.name_above else _name(words(FINDINGS), 0, top - 12)
    view = Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>')
    inside = _axis(scale, words, layout, (6 + ROW * rows, bottom)) + body + name + draw_marks(drawn, rows, bottom)
    return view.format(
        layout.width,
        bottom + 24,
        words("Time line of records and findings; the same numbers follow as a table."),
        inside,
    )


def _period(lanes: Lanes, found: Sequence[Mark]) -> tuple[float, float] | None:
    return period([pair for rows in lanes.values() for pair in rows], [mark.day for mark in found])


def _name(text: str, x: float, y: float) -> Markup:
    return Markup('<text class="name" x="{:.0f}" y="{:.0f}">{}</text>').format(x, y, text)


def _lane(
    lane: str, counts: list[tuple[float, int]], scale: Scale, words: Translator, layout: Layout, base: float
) -> Markup:
    bins: Counter[int] = Counter()
    for day, count in counts:
        if scale.holds(day):
            bins[int((scale.at(day) - scale.left) // BAR)] += count
    most = max(bins.values(), default=1)
    bars = "".join(_bar(place, math.sqrt(bins[place] / most), scale.left, base) for place in sorted(bins))
    total = sum(count for _, count in counts)
    end = layout.width - (0 if layout.name_above else layout.right - 10)
    high = base - HEIGHT - 5 if layout.name_above else base - 6
    line = Markup('<path class="base" d="M{:.0f} {:.0f}H{:.0f}"/><path class="bars {}" d="{}"/>{}')
    amount = Markup('<text class="count{}" x="{:.0f}" y="{:.0f}">{}</text>').format(
        " end" if layout.name_above else "", end, high, number(total)
    )
    drawn = line.format(scale.left, base, scale.left + scale.width, lane, bars, amount)
    return drawn + _name(words(LANES[lane]), 0 if not layout.name_above else scale.left, high)


def _bar(place: int, share: float, left: float, base: float) -> str:
    height = max(2.0, HEIGHT * share)
    return f"M{left + place * BAR:.0f} {base:.0f}v-{height:.1f}h{BAR - 1:.0f}v{height:.1f}z"


def _axis(scale: Scale, words: Translator, layout: Layout, ends: tuple[float, float]) -> Markup:
    top, bottom = ends
    line = Markup('<path class="tick{}" d="M{:.1f} {:.0f}V{:.0f}"/><text class="tick" x="{:.1f}" y="{:.0f}">{}</text>')
    found = ticks(scale, int(scale.width // 62), words)
    near_edge = layout.width - 14
    return Markup().join(
        line.format(
            " year" if year else "", scale.at(day), top, bottom, min(scale.at(day), near_edge), bottom + 17, label
        )
        for day, label, year in found
    )
