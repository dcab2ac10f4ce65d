"""What the runs say together: ratios of tools, growth with the data, price of more indicators, and every failure."""

import itertools
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bench import grow, measure
from bench.tools import Score


class Row(NamedTuple):
    """One run of one tool."""

    size: str
    indicators: int
    tool: str
    run: int
    cost: measure.Cost
    written: int
    score: Score | None


Measure = Callable[[Row], float]
MEASURES: tuple[tuple[str, Measure], ...] = (("wall", lambda row: row.cost.wall), ("CPU", lambda row: row.cost.cpu))


def summary(rows: list[Row], counts: list[int]) -> Iterator[str]:
    """Give the lines below the table; all ratios are of medians over the runs."""
    names = list(dict.fromkeys(row.tool for row in rows))
    sizes = list(dict.fromkeys(row.size for row in rows))
    for size in sizes:
        yield from _against(rows, size, names, counts)
        yield from _indicators(rows, size, counts)
    for name in names:
        yield from _growth(rows, name, sizes, counts[0])
    for name in names:
        yield from _failures(name, [row for row in rows if row.tool == name])


def _median(rows: list[Row], size: str, tool: str, count: int, of: Measure) -> float:
    """Return 0 where no such run came to its end."""
    mine = [row for row in rows if (row.size, row.tool, row.indicators) == (size, tool, count)]
    values = [of(row) for row in mine if row.score]
    return statistics.median(values) if values else 0.0


def _against(rows: list[Row], size: str, names: list[str], counts: list[int]) -> Iterator[str]:
    for name in names:
        shown = []
        for label, of in MEASURES:
            own, other = (_median(rows, size, tool, counts[0], of) for tool in ("perito", name))
            if own and other and name != "perito":
                shown.append(f"{label} {other:.1f} s against {own:.1f} s, perito takes 1/{other / own:.1f}")
        if shown:
            yield f"{size}: {name}: {'; '.join(shown)}"


def _indicators(rows: list[Row], size: str, counts: list[int]) -> Iterator[str]:
    for count in counts[1:]:
        for label, of in MEASURES:
            few, many = (_median(rows, size, "perito", number, of) for number in (counts[0], count))
            if few and many:
                yield f"{size}: perito, {label}, {count} indicators instead of {counts[0]}: x{many / few:.2f}"


def _growth(rows: list[Row], name: str, sizes: list[str], count: int) -> Iterator[str]:
    for small, large in itertools.pairwise(sizes):
        if small.endswith(grow.ENCRYPTED) != large.endswith(grow.ENCRYPTED):
            continue
        data = grow.size_of(large).rows / grow.size_of(small).rows
        for label, of in MEASURES:
            first, then = (_median(rows, size, name, count, of) for size in (small, large))
            if first and then:
                yield f"{name}, {small} to {large}: {label} x{then / first:.2f}, data x{data:.2f}"


def _failures(name: str, rows: list[Row]) -> Iterator[str]:
    for label in ("missed", "misplaced", "decoys"):
        worst = max((getattr(row.score, label) for row in rows if row.score), key=len, default=())
        if worst:
            counts = Counter(worst).items()
            yield f"{name}, {label}: {'; '.join(form if n == 1 else f'{form} ({n})' for form, n in counts)}"
    strangers = max((row.score.strangers for row in rows if row.score), default=0)
    if strangers:
        yield f"{name}: {strangers} claims on indicators that are planted nowhere"
    for row in rows:
        if row.score is None:
            yield f"{name}, {row.size}: ended with {row.cost.exit_code}; see bench/out/runs/*.log"
