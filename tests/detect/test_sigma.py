"""Rules of Sigma over stored records: every modifier and condition, what meets them and what does not."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from perito.artifacts.declare import artifacts
from perito.conclude import answerable
from perito.detect.rules import by_rules
from perito.detect.sigma_text import holds
from perito.detect.told import Tables, Told
from perito.indicators.bundle import load
from perito.indicators.formats.sigma_asked import SigmaError, Text, Wild
from perito.indicators.formats.sigma_condition import Node, condition
from perito.indicators.formats.sigma_modifiers import modified
from perito.indicators.indicator import Indicators
from tests.detect.cases import moment, row, stored

MESSAGE = "ios.message"
HEAD = """title: Invented lure
id: 11111111-2222-4333-8444-555555555555
author: A Lab
date: 2016-08-24
references:
  - https://lab.example/report
logsource:
  product: ios
  category: message
level: high
"""


def read(folder: Path, text: str) -> Indicators:
    (folder / "r.yml").write_text(text, encoding="utf-8")
    return answerable(load([folder / "r.yml"], baseline=False))


def rule(detection: str, head: str = HEAD) -> str:
    lines = "\n".join(f"  {line}" for line in detection.strip().splitlines())
    return f"{head}detection:\n{lines}\n"


def told(folder: Path, text: str, *rows: tuple[object, ...], artifact: str = MESSAGE) -> Told:
    indicators = read(folder, text)
    assert indicators.rules, indicators.problems
    records, seen = stored(folder, artifact, list(rows))
    return by_rules(Tables([seen], {artifact: (artifacts()[artifact].schema, records)}), indicators, {"a.db": "0" * 64})


def said(number: int, **values: object) -> tuple[object, ...]:
    return row(MESSAGE, f"message {number}", **({"sent": moment(second=number), "outgoing": 0} | values))


def refs(folder: Path, detection: str, *texts: str | None) -> list[str]:
    rows = [said(number, text=text, service="SMS") for number, text in enumerate(texts)]
    return [one.place.ref for one in told(folder, rule(detection), *rows).findings]


@pytest.mark.parametrize(
    ("item", "met", "not_met"),
    [
        ("text: hola", "HOLA", "hola ana"),
        ("text: ho*", "hola ana", "aho"),
        ("text: h?la", "hala", "haala"),
        (r"text: 'a\*b'", "a*b", "axb"),
        (r"text: 'a\?b'", "a?b", "axb"),
        (r"text: 'c:\dir'", r"C:\dir", "c:dir"),
        ("text: 'a.b'", "a.b", "axb"),
        ("text: 'fin\n\n    de'", "fin\nde", "fin de"),
        ("text|contains: padre", "murió mi Padre hoy", "murió mi madre"),
        ("text|contains: '(a+)'", "x(a+)y", "aaa"),
        ("text|contains: mañana", "Mañana voy", "manana"),
        ("text|startswith: Hoy", "hoy voy", "voy hoy"),
        ("text|endswith: hoy", "voy HOY", "hoy voy"),
        ("text|contains|all: [ana, voy]", "voy con Ana", "ana"),
        ("text|contains: [ana, eva]", "con eva", "con ines"),
        ("text|cased: Hola", "Hola", "hola"),
        ("text|contains|cased: Hola", "x Hola", "x hola"),
        ("text|re: '[0-9]{7}s$'", "1234567s", "123456s"),
        ("text|re|i: '^HOLA'", "hola", "ahola"),
        ("text|cidr: 198.51.100.0/24", "198.51.100.9", "198.51.101.9"),
        ("text: null", None, "x"),
        ("text: ''", "", None),
        ("text: null", None, ""),
        ("text: 'null'", "null", None),
        ("text: 0x10", "16", "0x10"),
        ("text|re|i|s: '^A.B$'", "a\nb", "ab"),
        ("text|windash|contains: ' -x'", "a /x", "a +x"),
        ("text|base64offset|contains: 'http:'", "zzBodHRwOi8v", "http:"),
        ("text|fieldref: service", "sms", "x"),
        ("text: 'ΟΔΟΣ'", "ΟΔΟΣ", "ΟΔΟ"),
        ("text|exists: false", None, "x"),
        ("text|exists: true", "x", None),
        ("text|neq: hola", "adios", "hola"),
        ("text: [hola, adios]", "adios", "nada"),
    ],
)
def test_each_modifier(tmp_path: Path, item: str, met: str | None, not_met: str | None) -> None:
    assert refs(tmp_path, f"sel:\n  {item}\ncondition: sel", met, not_met) == ["message 0"]


@pytest.mark.parametrize(("op", "met"), [("lt", [1]), ("lte", [1, 2]), ("gt", [3]), ("gte", [2, 3])])
def test_numbers_are_compared_as_numbers(tmp_path: Path, op: str, met: list[int]) -> None:
    rows = [said(number, item_type=number) for number in (1, 2, 3)] + [said(4, item_type=None)]
    found = told(tmp_path, rule(f"sel:\n  item_type|{op}: 2\ncondition: sel"), *rows).findings
    assert [one.place.ref for one in found] == [f"message {number}" for number in met]
    equal = told(tmp_path, rule("sel:\n  item_type: 2\ncondition: sel"), *rows).findings
    assert [one.place.ref for one in equal] == ["message 2"]


SELECTIONS = "sel_a:\n  text|contains: a\nsel_b:\n  text|contains: b\n_own:\n  text|contains: c\n"


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ("sel_a and sel_b", ["ab", "abc"]),
        ("sel_a or sel_b", ["a", "b", "ab", "abc"]),
        ("sel_a and not sel_b", ["a"]),
        ("sel_a and not sel_b or _own", ["a", "abc"]),
        ("sel_a and not (sel_b or _own)", ["a"]),
        ("1 of sel_*", ["a", "b", "ab", "abc"]),
        ("any of sel_*", ["a", "b", "ab", "abc"]),
        ("all of sel_*", ["ab", "abc"]),
        ("1 of them", ["a", "b", "ab", "abc"]),
        ("all of them", ["ab", "abc"]),
        ("all of them and not _own", ["ab"]),
        ("NOT sel_a AND sel_b", ["b"]),
    ],
)
def test_each_condition(tmp_path: Path, condition: str, met: list[str]) -> None:
    texts = ["a", "b", "ab", "abc", "", "x"]
    found = refs(tmp_path, f"{SELECTIONS}condition: {condition}", *texts)
    assert [texts[int(ref.split()[1])] for ref in found] == met


def test_lists_of_conditions_keywords_and_alternatives(tmp_path: Path) -> None:
    both = "sel:\n  - text: hola\n    service: SMS\n  - text: adios\ncondition: sel"
    rows = [said(1, text="hola", service="SMS"), said(2, text="hola"), said(3, text="adios")]
    assert [one.place.ref for one in told(tmp_path, rule(both), *rows).findings] == ["message 1", "message 3"]
    keywords = "words:\n  - '*murió*'\n  - SMS\ncondition: words"
    rows = [said(1, text="hoy murió"), said(2, service="sms"), said(3, text="SMS x")]
    found = [one.place.ref for one in told(tmp_path, rule(keywords), *rows).findings]
    assert found == ["message 1", "message 2", "message 3"]
    both_words = "words:\n  '|all': [murió, SMS]\ncondition: words"
    rows = [said(1, text="hoy murió", service="SMS"), said(2, text="murió"), said(3, service="SMS")]
    assert [one.place.ref for one in told(tmp_path, rule(both_words), *rows).findings] == ["message 1"]
    either = f"{SELECTIONS}condition:\n  - sel_a\n  - sel_b"
    assert refs(tmp_path, either, "a", "b", "x") == ["message 0", "message 1"]


def test_what_a_finding_says(tmp_path: Path) -> None:
    text = rule("sel:\n  text|contains: padre\ncondition: sel")
    (one,) = told(tmp_path, text, said(1, text="murió mi padre")).findings
    shown = one.as_json()
    assert (shown["rule"], shown["grade"]) == ("sigma.11111111-2222-4333-8444-555555555555", "strong")
    assert (shown["ref"], shown["time"], shown["value"]) == ("message 1", "2016-07-01T10:00:01Z", "murió mi padre")
    assert shown["says"] == (
        "A record meets the Sigma rule Invented lure, published by A Lab, r.yml; in it stands murió mi padre."
    )
    assert shown["does_not_show"].endswith("names no ordinary reason.")
    assert shown["references"] == ["A Lab, r.yml, Invented lure, https://lab.example/report, 2016-08-24"]
    assert shown["indicator"]["kind"] == "sigma_rule"
    assert one.trace == "message"
    ordinary = text + "falsepositives:\n  - warnings\n  - jokes\n"
    (one,) = told(tmp_path, ordinary, said(1, text="murió mi padre")).findings
    assert one.as_json()["does_not_show"].endswith("names as ordinary reasons: warnings; jokes.")


def test_a_title_with_orders_for_a_terminal_names_its_finding_in_plain_letters(tmp_path: Path) -> None:
    head = HEAD.replace("title: Invented lure", r'title: "\e[31mLure\n\u202Ea"').replace("id: 11", "x: 11")
    (one,) = told(tmp_path, rule("sel:\n  text: hola\ncondition: sel", head), said(1, text="hola")).findings
    assert one.rule == r"sigma.\x1b[31mLure \u202ea"


@pytest.mark.parametrize(
    ("level", "grade"),
    [("critical", "strong"), ("medium", "weak"), ("low", "context"), ("informational", "context"), ("odd", "weak")],
)
def test_the_level_that_its_author_gave_is_the_grade(tmp_path: Path, level: str, grade: str) -> None:
    text = rule("sel:\n  text: x\ncondition: sel", HEAD.replace("high", level))
    assert [one.grade for one in told(tmp_path, text, said(1, text="x")).findings] == [grade]


@pytest.mark.parametrize(
    ("source", "met"),
    [
        ("product: ios\n  category: message", True),
        ("product: mobile\n  category: message", True),
        ("product: ios\n  service: message", True),
        ("category: ios.message", True),
        ("product: ios\n  category: call", False),
        ("product: ios\n  category: network", False),
    ],
)
def test_the_log_source_says_which_records_are_asked(tmp_path: Path, source: str, met: bool) -> None:
    head = f"title: x\nlogsource:\n  {source}\n"
    rows = [said(1, account="+525555500101")]
    text = rule("sel:\n  account: '+525555500101'\ncondition: sel", head)
    if "network" in source:
        assert read(tmp_path, text).rules == ()
    else:
        assert bool(told(tmp_path, text, *rows).findings) is met


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (rule("sel:\n  Image: x\ncondition: sel"), "Sigma: no artifact of its log source has the fields Image"),
        (
            rule("sel:\n  a: x\ncondition: sel", "title: t\nlogsource:\n  product: okta\n"),
            "Sigma: no artifact read here is of the log source product okta",
        ),
        (rule("sel:\n  text|unheard: x\ncondition: sel"), "Sigma: the modifier unheard is not known here"),
        (rule("sel:\n  text|i: x\ncondition: sel"), "Sigma: a flag of a regular expression, without one"),
        (rule("sel:\n  text|base64: 'x*'\ncondition: sel"), "Sigma: the modifier base64 of a text with wildcards"),
        (rule("sel: []\ncondition: sel"), "Sigma: a selection that is empty"),
        (rule("sel: {}\ncondition: sel"), "Sigma: a selection that is empty"),
        (rule("sel: null\ncondition: sel"), "Sigma: a condition on a value that names no field"),
        (rule("sel:\n  text: x\ncondition: sel | count() > 5"), "Sigma: an aggregation (|), which is not asked here"),
        (rule("sel:\n  text: x\ntimeframe: 5m\ncondition: sel"), "Sigma: a time frame, which is not asked here"),
        (rule("sel:\n  text: x\ncondition: other"), "Sigma: condition: other is no selection"),
        (rule("sel:\n  text: x\ncondition: (sel"), "Sigma: condition: a parenthesis is never closed"),
        (rule("sel:\n  text: x\ncondition: sel sel"), "Sigma: condition: sel was not expected"),
        (rule("sel:\n  text: x\ncondition: 1 of a*"), "Sigma: condition: no selection is called a*"),
        (rule("sel:\n  text: x\ncondition: sel and"), "Sigma: condition: the end is no selection"),
        (rule("sel:\n  text: x"), "Sigma: no condition"),
        (rule("sel:\n  text:\n    deep: x\ncondition: sel"), "Sigma: nested fields in sel"),
        (rule("sel:\n  text|re|cidr: x\ncondition: sel"), "Sigma: modifiers that exclude each other: re|cidr"),
        (
            rule("sel:\n  text: x\ncondition: not sel"),
            "Sigma: the rule only excludes: nothing could be concluded from it",
        ),
        (
            rule("sel:\n  text|re: '(a)\\1'\ncondition: sel"),
            "Sigma: a regular expression that cannot be matched in linear time: invalid escape sequence: \\1",
        ),
        (rule("sel:\n  text|cidr: x\ncondition: sel"), "Sigma: no range of addresses: x"),
        (rule("sel:\n  item_type|gt: x\ncondition: sel"), "Sigma: no number to compare with gt"),
        (rule(f"sel:\n  text: x\ncondition: {'(' * 60}sel{')' * 60}"), "Sigma: condition nested deeper than 50"),
    ],
)
def test_what_cannot_be_asked_is_named_and_counted(tmp_path: Path, text: str, reason: str) -> None:
    found = read(tmp_path, text)
    assert found.rules == ()
    assert [(one.file, one.reason) for one in found.problems] == [("r.yml", reason)]
    (feed,) = found.feeds
    assert (feed.raw, feed.rules, feed.kinds, sum(feed.left_out.values())) == (1, 0, {"sigma_rule": 1}, 1)


EVIL = ["'; DROP TABLE x; --", "\"; COPY (SELECT 1) TO 'x'; --", "x' OR '1'='1", "%' OR 1=1 --", "\\", "\\'", "{value}"]


@pytest.mark.parametrize("value", EVIL)
def test_what_looks_like_sql_is_text(tmp_path: Path, value: str) -> None:
    for modifier in ("", "|contains", "|startswith", "|endswith"):
        item = json.dumps({f"text{modifier}": value.replace("\\", "\\\\")})
        assert refs(tmp_path, f"sel: {item}\ncondition: sel", "hola", value) == ["message 1"]
    field = json.dumps({f'text" OR {value}': "x"})
    assert read(tmp_path, rule(f"sel: {field}\ncondition: sel")).rules == ()
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix not in {".parquet", ".yml"}) == []


def test_what_nearly_every_record_meets_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perito.detect.sigma.MOST_RECORDS", 2)
    rows = [said(number, text="x") for number in range(3)]
    answer = told(tmp_path, rule("sel:\n  text: x\ncondition: sel"), *rows)
    assert answer.findings == []
    assert answer.unasked == [("Sigma rule Invented lure", "more than 2 records of ios.message meet it")]


@given(st.text(min_size=1, max_size=20), st.sampled_from(["", "|contains", "|startswith", "|endswith"]), st.booleans())
def test_any_plain_text_meets_itself(value: str, modifier: str, cased: bool) -> None:
    """Whatever letters a value has, they are taken as themselves, but for the two wildcards."""
    assume(not any(0xD800 <= ord(one) <= 0xDFFF for one in value))
    quoted = value.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")
    chain = [*([modifier[1:]] if modifier else []), *(["cased"] if cased else [])]
    (asked,) = modified(quoted, chain)
    words = pa.array([value, value + "\x01x", "x\x01" + value])
    expected = {
        "": [True, False, False],
        "|contains": [True, True, True],
        "|startswith": [True, True, False],
        "|endswith": [True, False, True],
    }
    if not value.startswith(("x\x01", "\x01")) and not value.endswith(("\x01x", "\x01")):
        assert holds(words, asked).to_pylist() == expected[modifier]
        assert isinstance(asked, Text)
        wild = asked._replace(parts=(*asked.parts, Wild.MANY, Wild.MANY))
        assert holds(words, wild).to_pylist()[:2] == [True, True]


@given(st.text(alphabet="abc ()|*1ofandnothem_", max_size=40))
def test_any_condition_is_read_or_told(text: str) -> None:
    try:
        found = condition(text, ["a", "b"])
    except SigmaError:
        return
    assert {"a", "b"} >= {node.name for node in _leaves(found)}


def _leaves(node: Node) -> list[Node]:
    return [node] if node.op == "is" else [leaf for part in node.parts for leaf in _leaves(part)]


def test_a_name_with_many_wildcards_costs_no_time() -> None:
    with pytest.raises(SigmaError, match="no selection is called"):
        condition("1 of " + "a*" * 500 + "b", ["a" * 5_000])
    assert condition("1 of a*a*b", ["aab", "ab"]) == Node("or", (Node("is", name="aab"),))
