"""Findings arranged for a reader: one card for each record, one line for each indicator that was met."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from perito.findings.shown import harmless, harmless_fields
from perito.findings.wording import Translator, render
from perito.findings.wording.texts import GRADES
from perito.report.model import Row
from perito.report.said import moment

RANK = {grade: rank for rank, grade in enumerate(GRADES)}
LAST = len(RANK)
INSIDE = 160
"""Characters of a value inside a sentence."""


@dataclass(frozen=True)
class Card:
    """Hold one record and every finding that rests on it, the strongest first; and whether the verdict does."""

    grade: str
    record: Row
    claims: tuple[Row, ...]
    reason: bool


@dataclass(frozen=True)
class Told:
    """Hold findings on one record that have the same grade and leave the same open: told once, sources side by side."""

    grade: str
    says: tuple[str, ...]
    silent: str
    claims: tuple[Row, ...]


@dataclass(frozen=True)
class Met:
    """Hold one indicator and how often, in which artifacts and between which times it was met."""

    indicator: Row
    grade: str
    records: int
    first: str | None
    last: str | None
    artifacts: tuple[str, ...]


def rank(finding: Row) -> int:
    """Return 0 for the strongest grade; a grade that is not known comes last."""
    return RANK.get(str(finding.get("grade")), LAST)


def cards(findings: Iterable[Row], reasons: Iterable[str]) -> list[Card]:
    """Return one card for each (artifact, file, ref), by grade and then by time; a record without time comes last.

    `reasons` are the ids of the findings that the verdict rests on.
    """
    wanted = set(reasons)
    by_record: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for finding in findings:
        by_record[_text(finding, "artifact", "file", "ref")].append(finding)
    made = [_card(group, wanted) for group in by_record.values()]
    return sorted(made, key=_place)


def _card(group: list[Row], reasons: set[str]) -> Card:
    ordered = sorted(group, key=lambda finding: (rank(finding), *_text(finding, "rule", "id")))
    return Card(
        str(ordered[0].get("grade")), ordered[0], tuple(ordered), any(row.get("id") in reasons for row in group)
    )


def _place(card: Card) -> tuple[Any, ...]:
    time = moment(card.record)
    return rank(card.record), time is None, str(time), *_text(card.record, "artifact", "file", "ref", "id")


def varied(ordered: Sequence[Card]) -> Iterator[Card]:
    """Yield the cards so that whoever stops early has seen most: one of every rule and indicator, in order of grade.

    After these come the others, again by grade, and within a grade in turn.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    turns = []
    for position, card in enumerate(ordered):
        kind = (card.grade, str(card.record.get("rule")), *_indicator(card.record))
        turns.append((seen[kind] > 0, rank(card.record), seen[kind], position))
        seen[kind] += 1
    for *_, position in sorted(turns):
        yield ordered[position]


def met(findings: Iterable[Row]) -> list[Met]:
    """Return each published indicator among the findings once, by grade and then by the number of records."""
    groups: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for finding in findings:
        if finding.get("indicator"):
            groups[_indicator(finding)].append(finding)
    made = [_met(group) for group in groups.values()]
    return sorted(made, key=lambda each: (RANK.get(each.grade, LAST), -each.records, str(each.indicator.get("value"))))


def _met(group: list[Row]) -> Met:
    times = sorted(time for time in map(moment, group) if time)
    records = {_text(finding, "artifact", "file", "ref") for finding in group}
    return Met(
        indicator=group[0]["indicator"],
        grade=str(min(group, key=rank).get("grade")),
        records=len(records),
        first=times[0] if times else None,
        last=times[-1] if times else None,
        artifacts=tuple(sorted({str(finding.get("artifact")) for finding in group})),
    )


def tell(claims: Iterable[Row], translate: Translator) -> list[Told]:
    """Return the findings of a card in the reader's language, in their order, without saying anything twice."""
    groups: defaultdict[tuple[str, str], list[tuple[str, Row]]] = defaultdict(list)
    for claim in claims:
        key = str(claim.get("grade")), sentence(claim, "does_not_show", translate)
        groups[key].append((sentence(claim, "says", translate), claim))
    return [
        Told(grade, tuple(dict.fromkeys(says for says, _ in group)), silent, tuple(claim for _, claim in group))
        for (grade, silent), group in groups.items()
    ]


def sentence(finding: Row, name: str, translate: Translator) -> str:
    """Return the finding's `says` or `does_not_show` in the reader's language; without a translation, in English."""
    template = finding.get(f"{name}_template")
    if not template:
        return translate(harmless(str(finding.get(name) or "")))
    more = finding.get("fields")
    fields = harmless_fields({**finding, **(more if isinstance(more, dict) else {})})
    return render(translate(str(template)), _short(fields))


def _short(fields: Row) -> dict[str, object]:
    """Cut long values, so that the words of the sentence behind them are still read."""
    cut: dict[str, object] = {}
    for name, value in fields.items():
        cut[name] = _short(value) if isinstance(value, dict) else value
        if isinstance(value, str) and len(value) > INSIDE:
            cut[name] = f"{value[:INSIDE]}…"
    return cut


def _indicator(finding: Row) -> tuple[str, ...]:
    indicator = finding.get("indicator")
    return _text(indicator, "kind", "value", "source", "campaign") if indicator else ()


def _text(row: Row, *names: str) -> tuple[str, ...]:
    return tuple(str(row.get(name)) for name in names)
