"""Which published rules speak of a value: conditions that it meets, or has a part in, ranges, and rules of that name."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa

from perito.detect import patterns
from perito.detect.spans import span_of
from perito.detect.subjects import Test
from perito.findings import Place
from perito.indicators.formats.stix2_pattern import Comparison, Junction, Observation
from perito.indicators.formats.stix2_rule import particular
from perito.indicators.indicator import PATTERN, SIGMA_RULE, YARA_RULE, Aside, Indicators, Rule
from perito.indicators.ranges import Range, network
from perito.indicators.why import COVERS, ITSELF, LIES_IN, Asked, asked_for, revoked_on
from perito.records.normal import key_hashes
from perito.records.observables import OBSERVABLES, VALUE_LIMIT

MEETS, PART, NAMED = "meets it", "part of it", "of this name"
MATCHES = (ITSELF, COVERS, MEETS, LIES_IN, PART, NAMED)
"""How a rule speaks of a value: it is this range; it is a range that holds it; the value alone meets it; it is a range
inside the one asked for; the value is a part of what must be there; the rule bears this name."""


class Ruled(NamedTuple):
    """A rule that speaks of a value: how (MATCHES), by which of its parts, and why it is not asked, if it is not."""

    rule: Rule
    match: str
    parts: tuple[str, ...] = ()
    reason: str = ""
    revoked: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the statement for JSON, with the keys that one about a value has, and `name` and `parts`."""
        rule, about = self.rule, self.rule.about
        told = about._asdict() | {"valid_from": rule.valid_from, "valid_until": rule.valid_until}
        for key in ("published", "valid_from", "valid_until"):
            told[key] = told[key].isoformat() if told[key] else None
        told |= {"revoked": about.revoked is not None, "revoked_on": self.revoked.isoformat() if self.revoked else None}
        met = {"match": self.match, "parts": list(self.parts), "not_asked_because": self.reason or None}
        own = {"kind": rule.kind, "name": rule.name, "value": " ".join(rule.text.split()), "file": rule.file}
        return own | told | {"feed_sha256": rule.feed_sha256} | met


def rules_about(indicators: Indicators, value: str) -> list[Ruled]:
    """Return every rule that speaks of a value, those that are asked first; what is alone met is what would be found.

    Which rules of YARA a text or a file meets is not told: that takes the text, or the file.
    """
    about = asked_for(value)
    found = [*_about(indicators.rules, about, {})]
    aside = [(one.published, one) for one in indicators.aside if isinstance(one.published, Rule)]
    found += _about([rule for rule, _ in aside], about, {id(rule): one for rule, one in aside})
    return sorted(found, key=lambda one: (bool(one.reason), MATCHES.index(one.match)))


def _about(rules: Sequence[Rule], about: Asked, aside: Mapping[int, Aside]) -> Iterator[Ruled]:
    if about.span:
        spoken = [Ruled(rule, *told) for rule in rules if (told := _of_range(rule, about.span))]
    else:
        met = patterns.each_alone(_seen(about), rules)
        spoken = [Ruled(rule, *told) for rule, whole, tests in met if (told := _of_value(rule, whole, tests))]
    names = {text.casefold() for text in about.texts} - {""}
    spoken += [Ruled(rule, NAMED) for rule in rules if not names.isdisjoint(_names(rule))]
    for one in spoken:
        left = aside.get(id(one.rule))
        yield one._replace(reason=left.reason, revoked=revoked_on(left)) if left else one


def _names(rule: Rule) -> Iterator[str]:
    """Yield what a rule is called: its name, that in a finding, and the title of a Sigma rule, whose name is its id."""
    finding = {YARA_RULE: "yara.", SIGMA_RULE: "sigma."}.get(rule.kind)
    yield rule.name.casefold()
    if finding:
        yield f"{finding}{rule.name.casefold()}"
    if rule.kind == SIGMA_RULE:
        yield rule.about.campaign.casefold()


def _seen(about: Asked) -> pa.Table:
    """Return the value as an observable of each kind that it may be, each a record by itself."""
    kinds, forms = list(about.forms), list(about.forms.values())
    own, parents = key_hashes(kinds, forms)
    count = len(kinds)
    columns: dict[str, list[Any]] = {
        "kind": kinds,
        "value": [about.texts[-1][:VALUE_LIMIT]] * count,
        "normal": forms,
        "hash": own,
        "parents": parents,
        "artifact": [""] * count,
        "file": [""] * count,
        "ref": kinds,
        "time": [None] * count,
        "direction": [None] * count,
    }
    return pa.table(
        [pa.array(columns[one.name], one.type) for one in OBSERVABLES], schema=OBSERVABLES
    ).unify_dictionaries()


def _of_value(rule: Rule, whole: Sequence[Place], tests: Mapping[Test, object]) -> tuple[str, tuple[str, ...]] | None:
    """Return how a condition speaks of a value; None where the value only lacks what the condition excludes."""
    if whole:
        return COVERS if _is_range(rule) else MEETS, tuple(map(_shown, tests))
    told = tuple(_shown(test) for test in tests if any(map(particular, test.comparisons)))
    return (PART, told) if told else None


def _shown(test: Test) -> str:
    return " AND ".join(map(_written, test.comparisons))


def _written(one: Comparison) -> str:
    """Write a comparison as a pattern does; of many values the first few."""
    texts = ["'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'" for text in one.values[:5]]
    more = [f"… ({len(one.values) - 5} more)"] if len(one.values) > 5 else []
    values = f"({', '.join([*texts, *more])})" if one.op == "IN" else " ".join(texts)
    return f"{one.path}{' NOT' * one.negated} {one.op} {values}".rstrip()


def _is_range(rule: Rule) -> bool:
    """Tell a condition that is a range of addresses and nothing else."""
    tree = patterns.tree_of(rule)
    if not isinstance(tree, Observation) or not all(map(span_of, patterns.tests_of(tree))):
        return False
    return isinstance(tree.test, Comparison) or (isinstance(tree.test, Junction) and tree.test.op == "OR")


def _of_range(rule: Rule, asked: Range) -> tuple[str, tuple[str, ...]] | None:
    """Return how a condition speaks of a range of addresses."""
    if rule.kind != PATTERN or (tree := patterns.tree_of(rule)) is None:
        return None
    if " ".join(rule.text.split()) == asked.pattern:
        return ITSELF, ()
    holding: list[str] = []
    inside: list[str] = []
    for test in patterns.tests_of(tree):
        for span in _spans(test):
            if span.version == asked.version and span.first <= asked.first and asked.last <= span.last:
                holding.append(_shown(test))
            elif span.version == asked.version and asked.first <= span.first and span.last <= asked.last:
                inside.append(_shown(test))
    if holding:
        return COVERS if _is_range(rule) else PART, tuple(dict.fromkeys(holding))
    return (LIES_IN if _is_range(rule) else PART, tuple(dict.fromkeys(inside))) if inside else None


def _spans(test: Test) -> Iterator[Range]:
    """Yield the ranges, and the single addresses, that a test names."""
    for one in test.comparisons:
        if test.subject in {"ip", "host"} and not one.negated and one.op in {"=", "IN", "ISSUBSET"}:
            yield from (span for value in one.values if (span := network(value)))
