"""The findings in the picture: marks that stand close are drawn as one, and as many labels as there is room for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from perito.findings.wording.texts import GRADES
from perito.report.model import Row
from perito.report.scale import Scale, days
from perito.report.shown import number, safe

RANK = {grade: place for place, grade in enumerate(GRADES)}
NEAR = 12.0
"""Marks closer than this are drawn as one, with their number."""
LETTER = 6.5
"""Width of a letter of a label: generous, so that labels do not touch."""
LONGEST = 34
ROW = 17
SHAPES = {
    0: "M{x} {top}l7 7l-7 7l-7 -7z",
    1: "M{x} {top}m-5 2h10v10h-10z",
    2: "M{x} {middle}m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
    3: "M{x} {middle}m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0z",
}
"""Each grade has a form of its own, so that colour is never needed to tell them apart."""


@dataclass(frozen=True)
class Mark:
    """Hold one finding as the picture needs it: when, how strong (0 is the strongest), and a few words."""

    day: float
    rank: int
    date: str
    text: str


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
        text = safe(self.best.text)
        short = f"{text[: LONGEST - 1]}…" if len(text) > LONGEST else text
        more = f" +{number(len(self.members) - 1)}" if len(self.members) > 1 else ""
        return f"{self.best.date}  {short}{more}"


def shape(grade: str) -> str:
    """Return the path of a grade's form, around the middle of a line."""
    return SHAPES[RANK.get(grade, len(RANK) - 1)].format(x=0, top=0, middle=7)


def marks(findings: Iterable[Row]) -> list[Mark]:
    """Return a mark for each finding with a usable time, in order of time; the others are for the caller to count."""
    made = []
    for finding in findings:
        day = days(finding.get("time"))
        if day is not None:
            indicator = finding.get("indicator") or {}
            text = str(indicator.get("value") or finding.get("rule") or "")[:200]
            rank = RANK.get(str(finding.get("grade")), len(RANK) - 1)
            made.append(Mark(day, rank, str(finding["time"])[:10], text))
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
    """Return labels with their leaders above, marks below them, and a faint line down through the lanes."""
    top = 6 + ROW * rows
    return Markup().join(_draw(cluster, top, rows, bottom) for cluster in drawn)


def _draw(cluster: Cluster, top: float, rows: int, bottom: float) -> Markup:
    x, rank = f"{cluster.x:.1f}", cluster.best.rank
    drop = (
        Markup('<path class="drop" d="M{} {:.0f}V{:.0f}"/>').format(x, top + 14, bottom) if rank < RANK["weak"] else ""
    )
    lead = ""
    if cluster.row is not None:
        line = 6 + ROW * (rows - 1 - cluster.row) + 11
        lead = Markup('<path class="lead" d="M{0} {1}V{2}"/><text class="label" x="{3:.1f}" y="{4}">{5}</text>').format(
            x, line + 4, top - 1, cluster.left, line, cluster.label
        )
    shape = SHAPES[rank].format(x=x, top=f"{top:.0f}", middle=f"{top + 7:.0f}")
    return Markup('<g class="g{}"><title>{}</title>{}<path class="mark" d="{}"/>{}</g>').format(
        rank, cluster.label, drop, shape, lead
    )
