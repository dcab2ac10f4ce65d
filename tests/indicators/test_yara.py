"""YARA rules are compiled in a confined worker; what does not compile is told by file, rule and reason."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yara_x
from hypothesis import given, settings
from hypothesis import strategies as st

from perito.indicators import yara, yara_scan
from perito.indicators.bundle import load
from perito.indicators.indicator import Indicators

GOOD = 'rule good { strings: $a = "evil" condition: $a }\n'


def read(folder: Path, text: str, name: str = "r.yar") -> Indicators:
    (folder / name).write_text(text, encoding="utf-8")
    return load([folder / name], baseline=False)


def names(found: Indicators) -> list[str]:
    return [rule.name for rule in found.rules]


@pytest.mark.parametrize(
    ("bad", "ref", "reason"),
    [
        ('rule b { strings: $a = "b" condition: $c }', "rule b", "YARA: unknown pattern `$c`"),
        ("rule b { condition: missing }", "rule b", "YARA: unknown identifier `missing`"),
        ("rule b { condition: ) }", "rule b", "YARA: syntax error"),
        ("rule good { condition: false }", "rule good", "YARA: duplicate rule `good`"),
        (
            'import "console"\nrule b { condition: console.log("x") }',
            "rule b",
            "YARA: depends on ignored module `console`",
        ),
        ('import "time"\nrule b { condition: time.now() > 0 }', "rule b", "YARA: depends on ignored module `time`"),
        ('import "vt"\nrule b { condition: vt.metadata.new_file }', "rule b", "YARA: depends on ignored module `vt`"),
        ("rule b { strings: $a = /(a/ condition: $a }", "rule b", "YARA: invalid regular expression"),
    ],
)
def test_a_bad_rule_is_told_and_costs_only_itself(tmp_path: Path, bad: str, ref: str, reason: str) -> None:
    found = read(tmp_path, GOOD + bad)
    assert names(found) == ["good"]
    assert [(one.file, one.ref, one.reason) for one in found.problems] == [("r.yar", ref, reason)]
    (feed,) = found.feeds
    assert (feed.raw, feed.distinct, feed.rules, feed.kinds) == (2, 2, 1, {"yara_rule": 2})
    assert feed.left_out == {"a YARA rule that does not compile": 1}


def test_includes_are_refused_and_unknown_modules_told(tmp_path: Path) -> None:
    (tmp_path / "other.yar").write_text("rule other { condition: true }")
    found = read(tmp_path, f'include "{tmp_path}/other.yar"\nimport "nothing"\n' + GOOD)
    assert names(found) == ["good"]
    assert [one.reason for one in found.problems] == [
        "YARA: include statements not allowed: includes are disabled for this compilation",
        "YARA: unknown module `nothing`: module `nothing` not found",
    ]


def test_rules_of_one_file_may_use_one_another_and_those_of_another_file_not(tmp_path: Path) -> None:
    read(tmp_path, "private rule base { condition: true }\nrule top { condition: base }\n", "a.yar")
    (tmp_path / "b.yar").write_text("rule alone { condition: base }\n")
    found = load([tmp_path / "a.yar", tmp_path / "b.yar"], baseline=False)
    assert names(found) == ["base", "top"]
    assert [(one.file, one.reason) for one in found.problems] == [("b.yar", "YARA: unknown identifier `base`")]


def test_two_files_of_one_name_are_two_files(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    read(tmp_path / "a", GOOD)
    read(tmp_path / "b", GOOD.replace('"evil"', "$b"))
    found = load([tmp_path / "a" / "r.yar", tmp_path / "b" / "r.yar"], baseline=False)
    assert [(feed.file, feed.rules) for feed in found.feeds] == [("r.yar", 1), ("r.yar", 0)]


def test_the_same_file_twice_is_compiled_once(tmp_path: Path) -> None:
    read(tmp_path, GOOD)
    found = load([tmp_path / "r.yar", tmp_path / "r.yar"], baseline=False)
    assert names(found) == ["good", "good"]
    assert found.problems == []
    assert len(yara.sources(found.rules)) == 1


def test_without_yara_the_rules_are_told_as_not_matched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perito.indicators.yara.find_spec", lambda _: None)
    found = read(tmp_path, GOOD)
    assert (found.rules, found.compiled) == ((), b"")
    assert [(one.ref, one.reason) for one in found.problems] == [("rule good", f"YARA: {yara.MISSING}")]


def test_a_file_that_kills_the_compiler_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling takes more memory than the worker has: that file is told, the other is used."""
    monkeypatch.setattr("perito.indicators.yara.COMPILING", replace(yara.COMPILING, memory=96 << 20))
    big = "".join(f'rule r{n} {{ strings: $a = "evil{n:05d}" condition: $a }}\n' for n in range(20_000))
    (tmp_path / "big.yar").write_text(big)
    read(tmp_path, GOOD)
    found = load([tmp_path / "big.yar", tmp_path / "r.yar"], baseline=False)
    assert names(found) == ["good"]
    assert {one.file for one in found.problems} == {"big.yar"}
    assert found.problems[0].reason.startswith("YARA: compiling was stopped (")


def test_many_rules_deep_nesting_and_names_that_are_no_names(tmp_path: Path) -> None:
    deep = f"rule deep {{ condition: {'(' * 2_000}true{')' * 2_000} }}\n"
    many = "".join(f'rule r{n} {{ strings: $a = "evil{n}" condition: $a }}\n' for n in range(3_000))
    found = read(tmp_path, many + deep + "rule ñandú { condition: true }\n" + GOOD)
    assert names(found)[:2] == ["r0", "r1"]
    assert names(found)[-1] == "good"
    assert {one.ref for one in found.problems} <= {"rule deep", "line 3002"}


@given(st.text(alphabet='rule x{}$a"=\\condition:\n()strings/[0-9]+é', max_size=60))
@settings(max_examples=20, deadline=None)
def test_any_rules_compile_or_are_told(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    found = read(tmp_path_factory.mktemp("any"), GOOD + text)
    told = sum(feed.raw for feed in found.feeds)
    assert told == sum(feed.rules for feed in found.feeds) + sum(found.left_out.values())


def test_the_public_rules_compile(shared: Path) -> None:
    files = sorted(path for path in (shared / "indicators").rglob("*") if path.suffix in {".yar", ".yara"})
    found = load(files, baseline=False)
    assert len(files) == 7
    assert len(found.rules) == sum(feed.raw for feed in found.feeds) == 60
    assert found.problems == []


def test_bytes_that_are_no_utf8_cost_no_rule_and_stay_the_bytes_they_are(tmp_path: Path) -> None:
    text = (
        "// caf\u00e9\n"
        + GOOD
        + 'rule bytes { meta: author = "Jos\u00e9" strings: $a = "ma\u00f1ana" condition: $a }\n'
    )
    (tmp_path / "latin.yar").write_bytes(text.encode("latin-1"))
    found = load([tmp_path / "latin.yar"], baseline=False)
    assert names(found) == ["good", "bytes"]
    assert found.problems == []
    rules = yara_x.Rules.deserialize_from(io.BytesIO(found.compiled))
    assert [one.identifier for one in yara_x.Scanner(rules).scan(b"ma\xf1ana").matching_rules] == ["bytes"]
    assert [one.identifier for one in yara_x.Scanner(rules).scan("ma\u00f1ana".encode()).matching_rules] == []


@pytest.mark.parametrize(
    "bad",
    [
        'rule bad { strings: $a = "x" condition: $a\n',
        "rule bad { strings: $a = { 41 42 condition: $a }\n",
        'rule bad { strings: $a = "x\n condition: $a }\n',
    ],
)
def test_a_rule_without_its_end_costs_only_itself_and_what_depends_on_it(tmp_path: Path, bad: str) -> None:
    found = read(tmp_path, GOOD + bad + "rule needs { condition: bad }\nrule last { condition: true }\n")
    assert names(found) == ["good", "last"]
    assert [(one.ref, one.reason) for one in found.problems] == [
        ("rule bad", "YARA: syntax error"),
        ("rule needs", "YARA: depends on the rule `bad`, which does not compile"),
    ]


def test_without_a_global_rule_none_of_its_file_is_used(tmp_path: Path) -> None:
    read(tmp_path, "global rule every { condition: $x }\nrule some { condition: true }\n", "a.yar")
    read(tmp_path, GOOD, "b.yar")
    found = load([tmp_path / "a.yar", tmp_path / "b.yar"], baseline=False)
    assert names(found) == ["good"]
    reason = "YARA: the global rule `every` of its file does not compile: unknown pattern `$x`"
    assert [(one.ref, one.reason) for one in found.problems] == [("rule every", reason), ("rule some", reason)]


def test_rules_are_numbered_by_the_files_that_stay(tmp_path: Path) -> None:
    read(tmp_path, "rule bad { condition: $x }\n", "a.yar")
    read(tmp_path, GOOD, "b.yar")
    found = load([tmp_path / "a.yar", tmp_path / "b.yar"], baseline=False)
    assert [file for file, _ in yara.sources(found.rules)] == ["b.yar"]
    rules = yara_x.Rules.deserialize_from(io.BytesIO(found.compiled))
    assert [(one.namespace, one.identifier) for one in rules] == [("0", "good")]


def test_rules_may_ask_what_a_file_is_called_and_nothing_else_of_it(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        'rule named { condition: filename == "x.apk" and filepath == "a/X.APK" and extension == ".apk" }\n'
        'rule owned { condition: owner == "root" }\n',
    )
    assert names(found) == ["named"]
    assert [(one.ref, one.reason) for one in found.problems] == [("rule owned", "YARA: unknown identifier `owner`")]
    read(tmp_path, 'rule named { condition: filename == "X.APK" and filepath == "a/X.APK" and extension == ".apk" }\n')
    (tmp_path / "rules").write_bytes(load([tmp_path / "r.yar"], baseline=False).compiled)
    (tmp_path / "evidence").write_bytes(b"PK")
    told = yara_scan.files(
        str(tmp_path / "rules"), {name: str(tmp_path / "evidence") for name in ("a/X.APK", "a/y.apk")}, 20, 3
    )
    assert [hit[1:2] + hit[4:] for hit in told["hits"]] == [("named", "a/X.APK")]


def test_what_is_no_head_of_a_rule_is_told(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        GOOD + 'import "pe" rule same_line { condition: pe.is_pe }\nrule 1bad { condition: true }',
    )
    assert names(found) == ["good", "same_line"]
    assert ("line 3", "not the head of a YARA rule", "rule 1bad") in [one[1:] for one in found.problems]


def test_an_import_further_down_serves_the_rules_behind_it_alone(tmp_path: Path) -> None:
    old = 'rule old { meta: date = "2020-01-01" condition: true }\n'
    new = 'rule new { meta: date = "2021-01-01" condition: true }\nimport "pe"\n'
    last = 'rule last { meta: date = "2020-01-02" condition: pe.is_pe }\n'
    (tmp_path / "r.yar").write_text(old + new + last)
    found = load([tmp_path / "r.yar"], baseline=False, as_of=date(2020, 6, 1))
    assert names(found) == ["old", "last"]
    assert found.problems == []
