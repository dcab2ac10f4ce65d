"""Rules among values: in attributes of MISP and in cells of tables, gathered like those of a file of rules."""

import json
from datetime import date
from pathlib import Path

import pytest

from perito.examine import Wish, examine
from perito.indicators.formats.rules_in_lists import rule_type
from perito.indicators.indicator import Claim, Rule
from tests.indicators.formats.claims import claims, left_out, problems, said, told, unmatched
from tests.indicators.stix import read

YARA = 'import "hash"\nrule walkie { meta: description = "Talk" date = "2020-05-06"\n strings: $a = "roger"\n condition: $a }'
TWO = 'rule one { condition: true }\nrule two { strings: $a = "x" condition: $a }'
SIGMA = """title: Odd link
id: 11111111-1111-4111-8111-111111111111
logsource: {product: ios}
detection:
  selection: {text|contains: evil}
  condition: selection
"""
SNORT = 'alert tcp any any -> any 80 (msg:"x"; sid:1;)'


def misp(*attributes: tuple[str, str, bool]) -> str:
    told = [
        {"type": kind, "value": value, "to_ids": on, "uuid": f"u{n}"} for n, (kind, value, on) in enumerate(attributes)
    ]
    return json.dumps(
        {"Event": {"info": "An event", "date": "2019-01-01", "Orgc": {"name": "A Lab"}, "Attribute": told}}
    )


def table(*rows: tuple[str, ...]) -> str:
    return "".join(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) + "\r\n" for row in rows)


def rules(content: str, name: str = "feed") -> list[tuple[str, str, str]]:
    return [(one.kind, one.name, one.ref) for one in said(content, name)[1] if isinstance(one, Rule)]


def test_an_attribute_of_misp_holds_rules():
    text = misp(("yara", YARA, True), ("yara", TWO, False), ("sigma", SIGMA, True), ("snort", SNORT, True))
    assert rules(text) == [
        ("yara_rule", "walkie", "attribute u0, rule walkie"),
        ("yara_rule", "one", "attribute u1, rule one"),
        ("yara_rule", "two", "attribute u1, rule two"),
        ("sigma_rule", "11111111-1111-4111-8111-111111111111", "attribute u2, line 1"),
    ]
    walkie, one, _, sigma = (one for one in said(text)[1] if isinstance(one, Rule))
    assert walkie.before == 'import "hash"\n'
    assert walkie.text.startswith("rule walkie {")
    assert (walkie.about.source, walkie.about.campaign, walkie.about.published) == ("A Lab", "Talk", date(2020, 5, 6))
    assert (one.about.campaign, one.about.published, one.about.context_only) == ("An event", date(2019, 1, 1), True)
    assert (sigma.about.campaign, sigma.about.source, walkie.about.context_only) == ("Odd link", "A Lab", False)
    assert unmatched(text) == [
        ("network_rule", SNORT, "a Snort or Suricata rule, which is not matched on stored records")
    ]
    assert problems(text) == []


PATTERNS = {
    "[domain-name:value = 'bad.example']": ([("domain", "bad.example", False)], []),
    "[ipv4-addr:value ISSUBSET '198.51.100.0/24']": ([], ["[ipv4-addr:value ISSUBSET '198.51.100.0/24']"]),
    "[domain-name:value = 'bad.example' AND file:name = 'x.plist']": (
        [("domain", "bad.example", True), ("file_name", "x.plist", True)],
        ["[domain-name:value = 'bad.example' AND file:name = 'x.plist']"],
    ),
}


@pytest.mark.parametrize("text", PATTERNS)
def test_a_pattern_of_stix_stands_in_a_list_as_in_stix(text):
    values, conditions = PATTERNS[text]
    in_misp = misp(("stix2-pattern", text, True))
    in_table = table(("type", "value"), ("domain", "other.example"), ("STIX pattern", text))
    in_json = json.dumps([{"type": "domain", "value": "other.example"}, {"name": "x", "pattern": text}])
    for content, name, others in (
        (in_misp, "feed", []),
        (in_table, "a.csv", [("domain", "other.example", False)]),
        (in_json, "a.json", [("domain", "other.example", False)]),
    ):
        found = [one for one in said(content, name)[1] if isinstance(one, Claim)]
        assert [(one.kind, one.value, one.about.context_only) for one in found] == [*others, *values]
        asked = [one for one in said(content, name)[1] if isinstance(one, Rule)]
        assert [(one.kind, one.text) for one in asked] == [("pattern", one) for one in conditions]
    assert said(in_misp)[1][-1].about.source == "A Lab"


def test_a_pattern_of_stix_in_a_list_that_is_none_is_a_problem():
    assert problems(misp(("stix2-pattern", "[domain-name:value =", True))) == [
        ("attribute u0", "pattern cannot be read: the pattern ends too early")
    ]


def test_a_cell_of_a_table_holds_rules():
    text = table(
        ("type", "value", "campaign"), ("domain", "bad.example", "A"), ("yara", YARA, "B"), ("Sigma rule", SIGMA, "C")
    )
    assert told(text, "a.csv") == "CSV"
    assert claims(text, "a.csv") == [("domain", "bad.example")]
    assert [one[:2] for one in rules(text, "a.csv")] == [
        ("yara_rule", "walkie"), ("sigma_rule", "11111111-1111-4111-8111-111111111111"),
    ]  # fmt: skip
    by_column = table(("domain", "YARA rule"), ("bad.example", TWO), ("b.example", ""))
    assert told(by_column, "a.csv") == "CSV"
    assert claims(by_column, "a.csv") == [("domain", "bad.example"), ("domain", "b.example")]
    assert rules(by_column, "a.csv") == [
        ("yara_rule", "one", "line 2, rule one"),
        ("yara_rule", "two", "line 2, rule two"),
    ]
    assert left_out(by_column, "a.csv") == {}


def test_an_export_of_misp_as_a_table_holds_rules():
    text = table(("uuid", "type", "value", "to_ids"), ("u1", "yara", TWO, "1"), ("u2", "sigma", SIGMA, "0"))
    assert told(text) == "MISP CSV"
    assert [one[:2] for one in rules(text)] == [
        ("yara_rule", "one"), ("yara_rule", "two"), ("sigma_rule", "11111111-1111-4111-8111-111111111111"),
    ]  # fmt: skip


def test_what_holds_no_rule_says_so_and_costs_only_itself():
    text = misp(
        ("yara", "see the report", True), ("sigma", "a: [", True), ("snort", "words", True), ("sigma", "title: x", True)
    )
    assert rules(text) == []
    found = problems(text)
    assert found[0] == ("attribute u0", "no YARA rule is found in it")
    assert [ref.partition(",")[0] for ref, _ in found] == [
        "attribute u0",
        "attribute u1",
        "attribute u2",
        "attribute u3",
    ]
    assert found[3][1] == "a document that is no rule"
    unasked = SIGMA.replace("condition: selection", "timeframe: 5m\n  condition: selection")
    assert [one[0] for one in unmatched(misp(("sigma", unasked, True)))] == ["sigma_rule"]


@pytest.mark.parametrize("name", ["a file of rules.yar", "a.csv"])
def test_a_file_of_rules_is_no_table(name):
    assert told(TWO, name) == "YARA rules"
    assert told(f"// yara, the language\n{TWO}", name) == "YARA rules"


def test_the_words_that_name_a_language():
    named = {
        name: rule_type(name)
        for name in ("YARA", "yara-rule", "Sigma_Rules", "snort", "yara hits", "sigmoid", "", "rule")
    }
    assert named == {
        "YARA": "yara", "yara-rule": "yara", "Sigma_Rules": "sigma", "snort": "snort", "yara hits": "", "sigmoid": "", "": "", "rule": "",
    }  # fmt: skip


@pytest.mark.parametrize(("detects", "grades"), [(True, {"weak"}), (False, {"context"})])
def test_they_are_run_like_those_of_a_file(tmp_path: Path, detects: bool, grades: set[str]):
    (tmp_path / "chat.txt").write_text("12/03/17, 14:05 - Bruno: roger y algo evil\n12/03/17, 14:06 - Alma: nada\n")
    sigma = SIGMA.replace("title: Odd link", "title: Odd link\nlevel: low")
    found = read(tmp_path, misp(("yara", YARA, detects), ("sigma", sigma, detects)), name="event.json")
    assert [problem.reason for problem in found.problems] == []
    assert found.compiled != b""
    run = examine(Wish(tmp_path / "chat.txt", tmp_path / "out", (tmp_path / "event.json",), baseline=False))
    findings = json.loads((run.out / "findings.json").read_text())
    ours = [one for one in findings if one["rule"].startswith(("yara.", "sigma."))]
    assert {one["rule"] for one in ours} >= {"yara.walkie"}
    assert {one["grade"] for one in ours if one["artifact"] != "yara.file"} == grades


@pytest.mark.parametrize("language", ["yara", "sigma", "snort"])
def test_a_rule_that_is_no_text_is_a_problem_and_ends_nothing(language):
    attributes = [
        {"type": language, "value": "rule a\ud800 {condition: true}", "to_ids": True},
        {"type": "domain", "value": "bad.example", "to_ids": True},
    ]
    text = json.dumps({"Event": {"info": "x", "Attribute": attributes}})
    assert claims(text, "event.json") == [("domain", "bad.example")]
    assert [reason for _, reason in problems(text, "event.json")] == ["holds characters that are no text"]
