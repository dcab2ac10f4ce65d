"""What stands on the page: each section with its share of the size, and what was left out of it counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any

from markupsafe import Markup

from perito import __version__
from perito.findings.verdict import unsourced
from perito.findings.wording import Translator
from perito.findings.wording.steps import BASE_RATE, BASE_RATE_SOURCE, Step, steps
from perito.findings.wording.texts import (
    BESIDE,
    DEVICE,
    GRADES,
    UNKNOWN_VERDICT,
    UNSOURCED,
    VERDICT_WORDS,
    VERDICTS,
    Meaning,
)
from perito.report.claims import Card, cards, met, rank, tell, varied
from perito.report.looked import ArtifactCoverage, Coverage, by_artifact, problem_groups, summary, told
from perito.report.marks import marks
from perito.report.model import ReportInput, Row
from perito.report.picture import NARROW, WIDE, beyond, by_year, counted, draw
from perito.report.shown import fill

CONTEXT = rank({"grade": "context"})
FULL = 40
"""Records shown as cards; the next ones get a line each, the rest is counted."""
CLAIMS = 6
"""Findings shown on one card; the rest is counted."""


@dataclass(frozen=True)
class Listed:
    """Hold the rendered rows of a section, how many there are in all and how many more the files hold."""

    shown: Sequence[Markup]
    total: int

    @property
    def left(self) -> int:
        """How many were not shown."""
        return self.total - len(self.shown)


@dataclass(frozen=True)
class Picture:
    """Hold the time line in its two widths, as a table, and what it leaves out."""

    wide: Markup
    narrow: Markup
    lanes: tuple[str, ...]
    years: list[tuple[int, dict[str, int]]]
    beyond: int
    untimed: int
    local: int


@dataclass(frozen=True)
class Page:
    """Hold all that the template writes."""

    run: ReportInput
    version: str
    acquisition: Row
    verdict: Meaning
    word: str
    tone: str
    steps: tuple[Step, ...]
    base_rate: tuple[str, str]
    coverage: Coverage
    looked: str
    unknown_files: int
    grades: tuple[tuple[str, int], ...]
    record_count: int
    picture: Picture
    missing: Listed
    met: Listed
    cards: Listed
    further: Listed
    context: Listed
    artifacts: Listed
    absent: Listed
    problems: Listed
    problem_count: int
    indicators: Listed
    device: Listed
    beside: tuple[tuple[str, str], ...]

    @property
    def caution(self) -> str:
        """Return what is to be said of the lists on which the verdict rests; empty where they say it themselves."""
        return UNSOURCED if unsourced(self.run.findings, self.run.verdict.get("reasons") or ()) else ""


def page(run: ReportInput, words: Translator, parts: Any) -> Page:
    """Return the page; `parts` is the template module whose macros render one row each."""
    verdict = str(run.verdict.get("verdict"))
    everything = cards(run.findings, run.verdict.get("reasons") or ())
    groups = by_artifact(run.coverage)
    problems = problem_groups(run.problems)
    indicators = met(run.findings)
    sets = list(run.verdict.get("indicators") or ())
    absent = [group for group in groups if group.status == "absent"]
    present = [group for group in groups if group.status != "absent"]
    full, further = _cards([card for card in everything if rank(card.record) < CONTEXT], words, parts)
    coverage = summary(run.verdict, run.coverage)
    return Page(
        run=run,
        version=str((run.verdict.get("tool") or {}).get("version") or __version__),
        acquisition=run.verdict.get("acquisition") or {},
        word=words(VERDICT_WORDS.get(verdict, "")),
        verdict=VERDICTS.get(verdict, UNKNOWN_VERDICT),
        tone=verdict.split(maxsplit=1)[0] if verdict in VERDICTS else "inconclusive",
        steps=steps(verdict, phone(run), messages=any(one.get("trace") == "message" for one in run.findings)),
        base_rate=(BASE_RATE, BASE_RATE_SOURCE),
        coverage=coverage,
        looked=told(coverage, words),
        unknown_files=int((run.verdict.get("coverage") or {}).get("unknown_files") or 0),
        grades=_grades(run.findings),
        record_count=len(everything),
        picture=_picture(run, words),
        missing=_missing(present, parts),
        met=Listed(fill(map(parts.indicator, indicators), 100, 150_000), len(indicators)),
        cards=full,
        further=further,
        context=_lines([card for card in everything if rank(card.record) >= CONTEXT], 100, 100_000, words, parts),
        artifacts=Listed(fill(map(parts.artifact, present), 400, 350_000), len(present)),
        absent=Listed(fill(map(parts.absent, absent), 400, 60_000), len(absent)),
        problems=Listed(fill(map(parts.problem, problems), 80, 150_000), len(problems)),
        problem_count=sum(group.count for group in problems),
        indicators=Listed(fill(map(parts.indicator_set, sets), 200, 80_000), len(sets)),
        device=Listed(fill(starmap(parts.fact, _device(run.device)), 80, 40_000), len(run.device)),
        beside=BESIDE,
    )


def _device(facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what the device says of itself, in the order of our own names; what has none follows."""
    known = [(name, facts[name]) for name in DEVICE if name in facts]
    return known + sorted((name, value) for name, value in facts.items() if name not in DEVICE)


def phone(run: ReportInput) -> str:
    """Return `iphone`, `android` or, where the acquisition tells neither, the empty text."""
    acquisition = run.verdict.get("acquisition") or {}
    told = f"{acquisition.get('kind')} {' '.join(map(str, run.device.values()))}".lower()
    if any(sign in told for sign in ("itunes", "iphone", "ipad", "sysdiagnose")):
        return "iphone"
    return "android" if "android" in told else ""


def _grades(findings: Sequence[Row]) -> tuple[tuple[str, int], ...]:
    counted = Counter(str(finding.get("grade")) for finding in findings)
    known = [(grade, counted[grade]) for grade in GRADES if counted[grade]]
    other = sum(count for grade, count in counted.items() if grade not in GRADES)
    return (*known, ("?", other)) if other else tuple(known)


def _missing(present: Sequence[ArtifactCoverage], parts: Any) -> Listed:
    found = [group for group in present if group.status != "parsed"]
    return Listed(fill(map(parts.missing, found), 20, 20_000), len(found))


def _picture(run: ReportInput, words: Translator) -> Picture:
    lanes, found = counted(run.activity), marks(run.findings, words)
    shown = (["findings"] if found else []) + list(lanes)
    return Picture(
        wide=draw(lanes, found, words, WIDE),
        narrow=draw(lanes, found, words, NARROW),
        lanes=tuple(shown),
        years=by_year(lanes, found),
        beyond=beyond(lanes, found),
        untimed=len(run.findings) - len(found),
        local=sum(mark.local for mark in found),
    )


def _cards(ordered: Sequence[Card], words: Translator, parts: Any) -> tuple[Listed, Listed]:
    """Return some cards in full, of every rule and indicator before a second of any, and of the others a line each."""
    place = {id(card): number for number, card in enumerate(ordered, 1)}
    chosen = list(varied(ordered))
    rendered = fill((_card(place[id(card)], card, words, parts) for card in chosen), FULL, 450_000)
    by_place = dict(zip((place[id(card)] for card in chosen), rendered, strict=False))
    others = [card for card in ordered if place[id(card)] not in by_place]
    full = Listed([by_place[number] for number in sorted(by_place)], len(by_place))
    return full, _lines(others, 150, 250_000, words, parts)


def _card(number: int, card: Card, words: Translator, parts: Any) -> Markup:
    shown = card.claims[:CLAIMS]
    markup = parts.card(number, card, tell(shown, words), len(card.claims) - len(shown))
    return Markup(markup)  # noqa: S704 - a macro's own markup


def _lines(ordered: Sequence[Card], most: int, octets: int, words: Translator, parts: Any) -> Listed:
    rows = (parts.line(card, tell(card.claims[:1], words)[0]) for card in ordered)
    return Listed(fill(rows, most, octets), len(ordered))
