"""The findings in the picture: marks that stand close are drawn as one, and as many labels as there is room for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from perito.base.text import printable
from perito.findings.shown import harmless
from perito.findings.wording import Translator
from perito.findings.wording.texts import GRADES
from perito.findings.wording.traces import NAMES
from perito.report.model import Row
from perito.report.said import moment
from perito.report.scale import Scale, days
from perito.report.shown import number

RANK = {grade: place for place, grade in enumerate(GRADES)}
NEAR = 12.0
"""Marks closer than this are drawn as one, with their number."""
LETTER = 6.5
"""Width of a letter of a label: generous, so that labels do not touch."""
LONGEST = 34
ROW = 17
FEW = 14
"""Marks up to which each is traced down through the lanes, and labels are drawn in every free place."""
SHAPES = {
    0: "M{x} {top}l7 7l-7 7l-7 -7z",
    1: "M{x} {top}m-5 2h10v10h-10z",
    2: "M{x} {middle}m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
    3: "M{x} {middle}m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0z",
}
"""Each grade has a form of its own, so that colour is never needed to tell them apart."""


@dataclass(frozen=True)
class Mark:
    """Hold one finding as the picture needs it: when, how strong (0 is the strongest), a few words.

    `local` tells that the time is as written, its zone not known.
    """

    day: float
    rank: int
    date: str
    text: str
    local: bool = False


@dataclass
class Cluster:
    """Hold marks that stand too close to be drawn apart."""

    members: list[Mark]
    x: float = 0.0
    row: int | None = None
    left: float = field(default=0.0)

    @property
    def best(self) -> Mark:
        """The strongest of them, the earliest of these."""
        return min(self.members, key=lambda mark: (mark.rank, mark.day))

    @property
    def label(self) -> str:
        """Date and name of the strongest, and how many more."""
        text = printable(self.best.text)
        short = f"{text[: LONGEST - 1]}…" if len(text) > LONGEST else text
        more = f" +{number(len(self.members) - 1)}" if len(self.members) > 1 else ""
        return f"{printable(self.best.date)}  {short}{more}"


def rank(grade: object) -> int:
    """Return 0 for the strongest grade; an unknown one is drawn like the weakest."""
    return RANK.get(str(grade), len(RANK) - 1)


def shape(grade: str) -> str:
    """Return the path of a grade's form, around the middle of a line."""
    return SHAPES[rank(grade)].format(x=0, top=0, middle=7)


def marks(findings: Iterable[Row], words: Translator) -> list[Mark]:
    """Return a mark for each finding with a usable time, in order of time; the others are for the caller to count.

    It is called by its indicator; where there is none, by what it was found in.
    """
    made = []
    for finding in findings:
        time = moment(finding)
        day = days(time)
        if day is not None:
            indicator = finding.get("indicator") or {}
            artifact = str(finding.get("artifact") or "")
            name = words(NAMES[artifact]) if artifact in NAMES else str(finding.get("rule") or "")
            text = harmless(str(indicator.get("value") or name)[:200], indicator.get("kind"))
            local = not str(time).endswith("Z")
            made.append(Mark(day, rank(finding.get("grade")), str(time)[:10], text, local))
    return sorted(made, key=lambda mark: (mark.day, mark.rank, mark.text))


def clusters(found: Sequence[Mark], scale: Scale) -> list[Cluster]:
    """Return the marks, in order of time, joined where they would overlap."""
    made: list[Cluster] = []
    for mark in found:
        if made and scale.at(mark.day) - scale.at(made[-1].members[0].day) < NEAR:
            made[-1].members.append(mark)
        else:
            made.append(Cluster([mark]))
    for cluster in made:
        cluster.x = (scale.at(cluster.members[0].day) + scale.at(cluster.members[-1].day)) / 2
    return made


def place_labels(drawn: Sequence[Cluster], width: float, rows: int) -> int:
    """Give the strongest clusters a place for their label, where one is free; return the number of rows used."""
    taken: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    for cluster in sorted(drawn, key=lambda each: (each.best.rank, -len(each.members), each.x)):
        long = len(cluster.label) * LETTER
        cluster.left = min(max(cluster.x - 4, 0), width - long)
        if cluster.best.rank >= RANK["context"] or cluster.left < 0:
            continue
        ends = (cluster.left, max(cluster.left + long, cluster.x + 4))
        cluster.row = next((row for row in range(rows) if _free(taken[row], ends)), None)
        if cluster.row is not None:
            taken[cluster.row].append(ends)
    return max((cluster.row + 1 for cluster in drawn if cluster.row is not None), default=0)


def _free(taken: Iterable[tuple[float, float]], ends: tuple[float, float]) -> bool:
    return all(ends[1] + 10 < start or end + 10 < ends[0] for start, end in taken)


def draw_marks(drawn: Sequence[Cluster], rows: int, bottom: float) -> Markup:
    """Return the marks, with a faint line down through the lanes where they are few, and the labels over all lines."""
    top = 6 + ROW * rows
    few = len(drawn) <= FEW
    lines = [_lines(cluster, top, rows, bottom if few else 0) for cluster in drawn]
    return Markup().join([*lines, *(_mark(cluster, top) for cluster in drawn), *(_label(each, rows) for each in drawn)])


def _lines(cluster: Cluster, top: float, rows: int, bottom: float) -> Markup:
    x, lines = f"{cluster.x:.1f}", Markup()
    if bottom and cluster.best.rank < RANK["weak"]:
        lines += Markup('<path class="drop g{}" d="M{} {:.0f}V{:.0f}"/>').format(cluster.best.rank, x, top + 14, bottom)
    if cluster.row is not None:
        lines += Markup('<path class="lead" d="M{} {}V{}"/>').format(x, _line(cluster.row, rows) + 4, top - 1)
    return lines


def _mark(cluster: Cluster, top: float) -> Markup:
    form = SHAPES[cluster.best.rank].format(x=f"{cluster.x:.1f}", top=f"{top:.0f}", middle=f"{top + 7:.0f}")
    mark = Markup('<g class="g{}{}"><title>{}</title><path class="mark" d="{}"/></g>')
    return mark.format(cluster.best.rank, " local" if cluster.best.local else "", cluster.label, form)


def _label(cluster: Cluster, rows: int) -> Markup:
    if cluster.row is None:
        return Markup()
    label = Markup('<text class="label" x="{:.1f}" y="{}">{}</text>')
    return label.format(cluster.left, _line(cluster.row, rows), cluster.label)


def _line(row: int, rows: int) -> int:
    return 17 + ROW * (rows - 1 - row)
