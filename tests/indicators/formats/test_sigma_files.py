"""Files of Sigma rules: collections, filters, correlations, and documents that could mean something else than is read."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perito.detect.rules import by_rules
from perito.detect.told import Tables
from perito.indicators.formats.sigma_files import parsed, read_sigma
from perito.indicators.indicator import Problem, Rule, Unmatched
from tests.detect.cases import row, stored
from tests.detect.test_sigma import read
from tests.indicators.formats.claims import problems, said, told, unmatched

HEAD = "title: {title}\nlogsource:\n  product: ios\n  category: message\n"
BODY = "detection:\n  sel:\n    text|contains: {word}\n  condition: sel\n"


def one(title: str, word: str, more: str = "") -> str:
    return HEAD.format(title=title) + more + BODY.format(word=word)


def names(text: str) -> list[str]:
    return [found.name for found in said(text, "r.yml")[1] if isinstance(found, Rule)]


def reasons(text: str) -> list[str]:
    return [reason for _, reason in problems(text, "r.yml")]


def met(folder: Path, text: str, *texts: str) -> list[tuple[str, str]]:
    """Return by which rule which text is met."""
    from perito.artifacts.declare import artifacts

    indicators = read(folder, text)
    rows = [row("ios.message", str(number), text=one) for number, one in enumerate(texts)]
    records, seen = stored(folder, "ios.message", rows)
    tables = Tables([seen], {"ios.message": (artifacts()["ios.message"].schema, records)})
    found = by_rules(tables, indicators, {"a.db": "0" * 64}).findings
    return sorted((finding.rule.removeprefix("sigma."), texts[int(finding.place.ref)]) for finding in found)


def test_a_common_part_is_added_to_each_rule_until_it_is_taken_back(tmp_path: Path) -> None:
    text = (
        "action: global\nlogsource:\n  product: ios\n  category: message\nlevel: low\n---\n"
        "title: A\ndetection:\n  sel:\n    text: a\n  condition: sel\n---\n"
        "title: B\ndetection:\n  sel:\n    text: b\n  condition: sel\n---\n"
        "action: repeat\ntitle: C\ndetection:\n  sel:\n    text: c\n---\n"
        "action: reset\n---\n" + one("D", "d") + "---\naction: odd\ntitle: E\n"
    )
    assert told(text) == "Sigma rules"
    assert names(text) == ["A", "B", "C", "D"]
    assert reasons(text) == ["Sigma: the action odd is not known here"]
    assert met(tmp_path, text, "a", "b", "c", "xd") == [("A", "a"), ("B", "b"), ("C", "c"), ("D", "xd")]


FILTER = (
    "title: F\nlogsource:\n  product: ios\nfilter:\n  rules:\n    - {rules}\n"
    "  mine:\n    text|contains: known\n  condition: not 1 of mi*\n"
)


@pytest.mark.parametrize(
    ("rules", "filtered"),
    [("A", True), ("11111111-2222-4333-8444-555555555555", True), ("any", False), ("other", False)],
)
def test_a_filter_of_rules_of_its_file_is_applied(tmp_path: Path, rules: str, filtered: bool) -> None:
    own = one("A", "lure", "id: 11111111-2222-4333-8444-555555555555\nname: A\n")
    text = f"{own}---\n{FILTER.format(rules=rules)}"
    found = [("11111111-2222-4333-8444-555555555555", "lure")]
    known = [("11111111-2222-4333-8444-555555555555", "known lure")]
    assert met(tmp_path, text, "lure", "known lure") == (found if filtered else known + found)
    left = [] if filtered else ["Sigma: a filter of rules that are not in this file; it was not applied"]
    assert reasons(text) == left
    assert unmatched(text) == []


def test_a_filter_of_any_rule_is_one_of_its_log_source_alone(tmp_path: Path) -> None:
    everything = FILTER.replace("\n    - {rules}", " any")
    text = f"{one('A', 'lure')}---\n{everything}---\n{one('B', 'lure').replace('product: ios', 'product: mobile')}"
    assert met(tmp_path, text, "known lure") == [("B", "known lure")]
    assert reasons(text) == []


def test_a_rule_whose_filter_is_not_understood_is_not_asked() -> None:
    text = f"{one('A', 'x', 'name: A')}\n".replace("name: A", "name: A\n") + "---\n" + FILTER.format(rules="A")
    assert reasons(text.replace("1 of mi*", "other")) == ["Sigma: condition: other is no selection"]
    assert names(text.replace("1 of mi*", "other")) == []


@pytest.mark.parametrize(("generate", "asked"), [("", []), ("generate: true\n", ["A"]), ("generate: false\n", [])])
def test_a_correlation_is_not_asked_nor_are_its_parts_alone(generate: str, asked: list[str]) -> None:
    text = one("A", "x", "name: part\n") + "---\ntitle: C\n" + generate
    text += "correlation:\n  type: event_count\n  rules:\n    - part\n  timespan: 1h\n  condition:\n    gte: 10\n"
    assert names(text) == asked
    alone = "Sigma: its author asks it only as part of a correlation, which is not asked here"
    assert reasons(text) == [alone] * (not asked) + ["Sigma: a correlation of rules, which is not asked here"]
    assert {kind for kind, _, _ in unmatched(text)} == {"sigma_rule"}


def test_a_file_of_nothing_but_a_correlation_or_a_filter_is_told_as_such() -> None:
    assert told("title: C\ncorrelation:\n  type: event_count\n  rules: [a]\n") == "Sigma rules"
    assert told(FILTER.format(rules="A")) == "Sigma rules"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("status: unsupported\n", "Sigma: its author calls it unsupported"),
        ("taxonomy: ecs\n", "Sigma: the taxonomy ecs is not known here"),
        ("taxonomy: sigma\n", None),
        ("taxonomy: perito\n", None),
        ("status: test\n", None),
        ("related:\n  - id: x\n    type: derived\n", None),
    ],
)
def test_what_its_author_says_of_a_rule(more: str, reason: str | None) -> None:
    assert names(one("A", "x", more)) == ([] if reason else ["A"])
    assert reasons(one("A", "x", more)) == ([reason] if reason else [])


def test_a_deprecated_rule_gives_context() -> None:
    rules = list(said(one("A", "x", "status: deprecated\nlicense: DRL-1.1\n"), "r.yml")[1])
    (rule,) = (found for found in rules if isinstance(found, Rule))
    assert (rule.about.context_only, rule.about.licence) == (True, "DRL-1.1")


@pytest.mark.parametrize(
    ("detection", "reason"),
    [
        ("  sel: &x\n    text: a\n  other: *x\n", "an alias, which is not followed"),
        ("  sel:\n    text: a\n    text: b\n", "a name that stands twice in one place"),
        ("  sel:\n    <<: {text: a}\n    item_type: 1\n", "a merge of mappings, which is not followed"),
        ("  sel:\n    text: !secret a\n", "a value of a type of its own"),
        ("  sel:\n    text: !!binary YQ==\n", "a value of a type of its own"),
        ("  sel:\n    ? [text]\n    : a\n", "a name that is no text"),
        ("  sel:\n    text: [a\n", "damaged YAML: did not find expected ',' or ']'; the rest was not read"),
        ("  sel:\n    text: " + "[" * 60 + "]" * 60 + "\n", "nested deeper than 50; the rest was not read"),
    ],
)
def test_a_document_that_could_mean_something_else_is_no_rule(detection: str, reason: str) -> None:
    """Before, what was passed over fell out of the condition, and the rule was met by more."""
    text = HEAD.format(title="A") + "detection:\n" + detection + "  condition: sel\n"
    assert names(text) == []
    assert reasons(text) == [reason]


def test_the_rules_beside_a_damaged_one_are_read() -> None:
    text = one("A", "x") + "---\n" + one("B", "x", "tags: &x [a]\nfields: *x\n") + "---\n" + one("C", "x")
    assert names(text) == ["A", "C"]


def test_what_is_no_rule_at_all() -> None:
    text = one("A", "x") + "---\n- a\n---\nwords\n---\n"
    assert reasons(text) == ["a document that is no rule"] * 2
    assert unmatched(text) == []


def test_types_of_yaml_are_told_apart() -> None:
    text = one("A", "x").replace("text|contains: x", "text: ['1', 1, 1.5, yes, 'yes', null, ~, '', 0x10, 2020-01-02]")
    (rule,) = (found for found in said(text, "r.yml")[1] if isinstance(found, Rule))
    kept = json.loads(rule.text)["rule"]["detection"]["sel"]["text"]
    assert kept == ["1", 1, 1.5, True, "yes", None, None, "", 16, "2020-01-02"]
    assert [type(value) for value in kept[:5]] == [str, int, float, bool, str]


def test_a_rule_with_too_many_values_is_told() -> None:
    listed = ", ".join(f"'a{number}'" for number in range(5_001))
    text = one("A", "x").replace("text|contains: x", f"text: [{listed}]")
    assert reasons(text) == ["Sigma: more than 5000 values"]
    assert next(type(found) for found in said(text, "r.yml")[1]) is Unmatched


SCRAPS = st.sampled_from(
    ["detection:", " sel:", "  text: a", "  text|re: '('", "  - a", " condition: sel", "---", "action: repeat", "filter:", "logsource:", " product: ios", " rules: any", "correlation:", "- x", "? y", "*a", "&a", "<<: x", "!t", "0x" + "f" * 5000, "title: {a: b}", "id: [1]", "level: 1", "falsepositives: {a: b}", "status: [x]", "taxonomy: 1", "  text|gt: .inf"]
)  # fmt: skip


@given(st.lists(SCRAPS, max_size=14).map("\n".join) | st.text(max_size=60))
@example("detection:\n sel:\n  text: 0x" + "f" * 5_000 + "\n condition: sel")
@example("action: repeat\ndetection: x\n---\naction: global\ndetection:\n- a")
@example("detection:\n sel:\n  'text|windash': " + "' -a -b -c'\n condition: sel")
def test_whatever_a_file_holds_is_read_or_told(text: str) -> None:
    found = list(read_sigma(io.BytesIO(text.encode("utf-8", "surrogatepass")), "r.yml"))
    for one in found:
        if isinstance(one, Rule):
            assert parsed(one.text).items
    assert sum(isinstance(one, Unmatched) for one in found) <= sum(isinstance(one, Problem) for one in found)


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    assert all(isinstance(one, (Rule, Problem, Unmatched)) for one in read_sigma(io.BytesIO(data), "r.yml"))
