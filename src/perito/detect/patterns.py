"""Conditions in the pattern language of STIX 2, asked of stored observables: one pass for all of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from perito.base.text import excerpt
from perito.base.times import rfc3339
from perito.detect import observed
from perito.detect.batches import Batch, batches, in_memory
from perito.detect.grade import Met, condition, facts, references, saying
from perito.detect.spans import Spans
from perito.detect.subjects import SUBJECTS, Test, Values, spoken, subject_of
from perito.detect.told import Told, cut, indicator_of, rows_of
from perito.detect.trace import trace_of
from perito.findings import Finding, Place
from perito.findings.finding import GRADES
from perito.indicators.formats import stix2_described, stix2_pattern, stix2_rule
from perito.indicators.formats.stix2_pattern import Comparison, Junction, Node, Observation, Qualified
from perito.indicators.indicator import PATTERN, Rule
from perito.records.observables import DIRECTIONS

RULE_VERSION = 1
MOST_RECORDS = 20_000
"""Records of one acquisition that may meet one comparison; what more of them meet singles nothing out."""
UNTRIED = "the records that meet its parts can be chosen in more ways than were tried: another one may meet it"
Seen = dict[str, Any]
Evidence = tuple[tuple[Seen, Test], ...]


class Broad(Exception):
    """Tell that a comparison of a condition is met by too many records to say anything."""


@dataclass
class Meeting:
    """The records that meet one test, each with the first of its values that does; `broad` where they are too many."""

    records: dict[Place, Seen] = field(default_factory=dict)
    broad: bool = False


class _LookedFor:
    """What is looked for in every table: each test with what met it so far."""

    def __init__(self, tests: dict[Test, Meeting]) -> None:
        self._spans = Spans(tests)
        self._tests = tests
        self._others = [(test, met) for test, met in tests.items() if test not in self._spans.tests]

    def any_of(self, kind: str) -> bool:
        """Tell whether a value of this kind could meet a test."""
        spans = bool(self._spans.tests) and kind in SUBJECTS["host"]
        return spans or any(kind in SUBJECTS[test.subject] and not met.broad for test, met in self._others)

    def of(self, values: Values) -> Iterator[tuple[Test, Meeting]]:
        """Yield the tests that some of the values may meet."""
        yield from (
            (test, met) for test, met in self._others if values.kind in SUBJECTS[test.subject] and not met.broad
        )
        yield from ((test, met) for test in self._spans.among(values) if not (met := self._tests[test]).broad)


def findings(paths: Iterable[Path], rules: Sequence[Rule], hashes: Mapping[str, str]) -> Told:
    """Return what meets the conditions among stored observables, and which of them could not be answered."""
    by_text = _by_text(rules)
    asked = {text: tree for text, (first, *_) in by_text.items() if (tree := tree_of(first))}
    tests = {test: Meeting() for tree in asked.values() for test in tests_of(tree)}
    if not tests:
        return Told()
    looked_for = _LookedFor(tests)
    for batch in batches(paths):
        _look(batch, looked_for)
    told = Told()
    for text, tree in asked.items():
        same = by_text[text]
        if _surely_unmet(tree, tests):  # as an index would tell it, however many records meet the rest
            continue
        try:
            answer, evidence = _answered(tree, tests)
        except Broad:
            reason = f"more than {MOST_RECORDS:,} records meet a part of it"
            told.unasked.append((f"condition {excerpt(text, 80)}", reason))
            continue
        name = f"condition {excerpt(text, 80)}"
        kept, more = cut(answer.found, name)
        told.unasked += more if answer.whole else [*more, (name, UNTRIED)]
        told.findings += [_finding(one, evidence, same, hashes) for one in kept]
    return told


def each_alone(seen: pa.Table, rules: Sequence[Rule]) -> Iterator[tuple[Rule, list[Place], dict[Test, list[Place]]]]:
    """Yield the conditions of which these observables meet something, each observable being a record by itself.

    With each: the places of those that meet all of it, and of those that meet a test of it.
    """
    asked = [(rule, tree) for rule in rules if rule.kind == PATTERN and (tree := tree_of(rule))]
    tests = {test: Meeting() for _, tree in asked for test in tests_of(tree)}
    _look(in_memory(seen), _LookedFor(tests))
    for rule, tree in asked:
        own = {test: tests[test] for test in tests_of(tree)}
        places = dict.fromkeys(place for met in own.values() for place in met.records)
        if places:
            whole = [place for place in places if _answered(tree, _only(own, place))[0].found]
            yield rule, whole, {test: list(met.records) for test, met in own.items() if met.records}


def _only(tests: dict[Test, Meeting], place: Place) -> dict[Test, Meeting]:
    return {test: Meeting({place: met.records[place]} if place in met.records else {}) for test, met in tests.items()}


def _by_text(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for one in rules:
        if one.kind == PATTERN:
            found.setdefault(one.text, []).append(one)
    return found


def tree_of(rule: Rule) -> Node | None:
    """Return of a condition what stored records can answer, None where that is nothing."""
    tree, _ = stix2_described.bare(stix2_pattern.parse(rule.text))
    return stix2_rule.asked(tree).tree


def tests_of(node: Node) -> Iterator[Test]:
    """Yield the tests of which a condition is made; each must be met by one value."""
    if isinstance(node, Observation):
        yield from _inner_tests(node.test)
    elif isinstance(node, Qualified):
        yield from tests_of(node.part)
    elif isinstance(node, Junction):
        for part in node.parts:
            yield from tests_of(part)


def _inner_tests(node: Node) -> Iterator[Test]:
    """Yield the tests of one record; what is said with AND of the same path must hold of the same value."""
    if isinstance(node, Comparison):
        yield _test(node)
    elif isinstance(node, Junction):
        for part in _grouped(node):
            yield from [part] if isinstance(part, Test) else _inner_tests(part)


def _test(*comparisons: Comparison) -> Test:
    return Test(subject_of(comparisons[0]), comparisons)


def _grouped(node: Junction) -> list[Test | Node]:
    if node.op != "AND":
        return [_test(part) if isinstance(part, Comparison) else part for part in node.parts]
    by_path: dict[str, list[Comparison]] = {}
    for part in node.parts:
        if isinstance(part, Comparison):
            by_path.setdefault(part.path, []).append(part)
    others = [part for part in node.parts if not isinstance(part, Comparison)]
    return [*(_test(*same) for same in by_path.values()), *others]


def _look(batch: Batch, asked: _LookedFor) -> None:
    kinds = batch.asked["kind"].combine_chunks()
    names = kinds.dictionary.to_pylist()
    codes = kinds.indices.to_numpy(zero_copy_only=False)
    for code, kind in enumerate(names):
        rows = np.flatnonzero(codes == code)
        if len(rows) and asked.any_of(kind):
            _look_at(batch, rows, kind, asked)


def _look_at(batch: Batch, among: np.ndarray, kind: str, asked: _LookedFor) -> None:
    table = batch.asked.take(pa.array(among))
    _, words = np.unique(table["value"].combine_chunks().dictionary_encode().indices, return_inverse=True)
    forms, form = np.unique(table["hash"].to_numpy(), return_inverse=True)
    _, firsts, coded = np.unique(words * len(forms) + form, return_index=True, return_inverse=True)
    values = Values(kind, table.select(["value", "normal", "hash", "parents"]).take(pa.array(firsts)))
    for test, met in asked.of(values):
        rows = np.flatnonzero(test.met(values)[coded])
        if len(rows):
            _keep(batch.whole.take(pa.array(among[rows])), met)


def _keep(table: pa.Table, met: Meeting) -> None:
    for seen in table.drop_columns(["hash", "parents"]).to_pylist():
        place = Place(seen["artifact"], seen["file"], seen["ref"])
        before = met.records.get(place)
        if before is None or (seen["kind"], seen["value"]) < (before["kind"], before["value"]):
            met.records[place] = seen
    if len(met.records) > MOST_RECORDS:
        met.records, met.broad = {}, True


def _answered(tree: Node, tests: dict[Test, Meeting]) -> tuple[observed.Answer, dict[Place, Evidence]]:
    evidence: dict[Place, Evidence] = {}

    def times(node: Observation) -> list[tuple[Place, datetime | None]]:
        met = _records(node.test, tests)
        for place, own in met.items():
            evidence.setdefault(place, own)
        return [(place, own[0][0]["time"]) for place, own in met.items()]

    return observed.answered(tree, times), evidence


def _surely_unmet(node: Test | Node, tests: dict[Test, Meeting]) -> bool:
    """Tell that something is needed which no record meets."""
    if isinstance(node, Observation | Qualified):
        return _surely_unmet(node.test if isinstance(node, Observation) else node.part, tests)
    if isinstance(node, Junction):
        return (all if node.op == "OR" else any)(_surely_unmet(part, tests) for part in _grouped(node))
    met = tests[_test(node) if isinstance(node, Comparison) else node]
    return not (met.records or met.broad)


def _records(node: Test | Node, tests: dict[Test, Meeting]) -> dict[Place, Evidence]:
    """Return the records that meet what stands in square brackets, each with the values by which it does."""
    if isinstance(node, Comparison):
        node = _test(node)
    if isinstance(node, Test):
        if tests[node].broad:
            raise Broad
        return {place: ((seen, node),) for place, seen in tests[node].records.items()}
    assert isinstance(node, Junction)
    parts = [_records(part, tests) for part in _grouped(node)]
    if node.op == "AND":
        common = set(parts[0]).intersection(*parts[1:])
        return {place: tuple(one for part in parts for one in part[place]) for place in common}
    return {place: own for part in reversed(parts) for place, own in part.items()}


def _finding(
    places: tuple[Place, ...], evidence: dict[Place, Evidence], same: Sequence[Rule], hashes: Mapping[str, str]
) -> Finding:
    together = len(places) > 1
    context = all(rule.about.context_only for rule in same)
    graded = [
        (
            condition(*_spoken(test, seen), _how(seen), exact=test.values_only, together=together, context=context),
            seen,
        )
        for place in places
        for seen, test in evidence[place]
    ]
    best, seen = min(graded, key=lambda pair: GRADES.index(pair[0].grade))
    first = evidence[places[0]][0][0] if together else seen
    rows = rows_of(same)
    return Finding(
        rule=f"indicator.{PATTERN}",
        rule_version=RULE_VERSION,
        grade=best.grade,
        trace=trace_of(seen["artifact"], seen["kind"]),
        place=places[0],
        time=rfc3339(first["time"]),
        value=first["value"],
        says_template=saying(best.says, rows[0]),
        does_not_show_template=best.does_not_show,
        also=places[1:],
        indicator=indicator_of(PATTERN, " ".join(same[0].text.split()), rows[0]),
        references=references(rows),
        file_hashes=tuple(hashes.get(place.file, "") for place in places),
        facts=facts(rows[0]),
    )


def _spoken(test: Test, seen: Seen) -> tuple[str, str]:
    return spoken(test.subject, seen["kind"], seen["normal"])


def _how(seen: Seen) -> Met:
    kind = seen["kind"]
    direction = seen.get("direction")
    told = direction if direction in DIRECTIONS else None
    return Met(f"{kind}:{seen['normal']}", trace_of(seen["artifact"], kind), seen["artifact"], 1, told)
