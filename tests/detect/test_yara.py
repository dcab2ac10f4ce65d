"""YARA rules over stored texts: what is found, what is not, and what is told of it."""

from hashlib import sha256
from pathlib import Path

import pytest

from perito.artifacts.declare import artifacts
from perito.detect import yara
from perito.detect.rules import by_rules
from perito.detect.told import Tables, Told
from perito.indicators.bundle import load
from tests.detect.cases import moment, row, stored

MESSAGE = "ios.message"
RULE = """rule lure {
  meta:
    author = "A Lab"
    description = "Invented lure"
    reference = "https://lab.example/report"
    date = "2016-08-24"
  strings:
    $a = "murió mi padre" nocase
    $b = /https?:\\/\\/[a-z]+\\.example\\/[0-9]{7}s/
  condition:
    any of them
}
"""


def told(folder: Path, rules: str, *rows: tuple[object, ...], artifact: str = MESSAGE) -> Told:
    (folder / "r.yar").write_text(rules, encoding="utf-8")
    indicators = load([folder / "r.yar"], baseline=False)
    assert indicators.rules
    records, seen = stored(folder, artifact, list(rows))
    tables = Tables([seen], {artifact: (artifacts()[artifact].schema, records)})
    hits = yara.in_texts({"": tables}, indicators, 1)
    return by_rules(tables, indicators, {"a.db": "0" * 64}, list(hits.values()))


def said(ref: str, text: str | None, **more: object) -> tuple[object, ...]:
    return row(MESSAGE, ref, sent=moment(), outgoing=0, text=text, **more)


def test_what_a_finding_says(tmp_path: Path) -> None:
    answer = told(tmp_path, RULE, said("message 1", "Hola"), said("message 2", "Hoy MURIÓ mi padre. Murió mi padre"))
    (one,) = answer.findings
    assert answer.unasked == []
    assert one.as_json() | {"id": ""} == {
        "id": "",
        "rule": "yara.lure",
        "rule_version": 1,
        "grade": "weak",
        "artifact": MESSAGE,
        "file": "a.db",
        "ref": "message 2",
        "time": "2016-07-01T10:00:00Z",
        "value": "Murió mi padre",
        "also": [],
        "indicator": {
            "kind": "yara_rule",
            "value": f"lure, SHA-256 {DIGEST}",
            "source": "A Lab, r.yar",
            "campaign": "Invented lure",
        },
        "says": "A text in the records holds Murió mi padre and meets the YARA rule lure, published by A Lab, r.yar.",
        "does_not_show": (
            "That anything was attacked: most YARA rules describe programs, and a text may hold the same words for an"
            " ordinary reason, such as a report that quotes them."
        ),
        "references": ["A Lab, r.yar, Invented lure, https://lab.example/report, 2016-08-24"],
        "written": None,
    }


DIGEST = sha256(" ".join(RULE.split()).encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("murió mi padre", True),
        ("murio mi padre", False),
        ("http://a.example/1234567s", True),
        ("http://a.example/123456s", False),
        ("", False),
        (None, False),
    ],
)
def test_what_meets_a_rule_and_what_does_not(tmp_path: Path, text: str | None, met: bool) -> None:
    assert bool(told(tmp_path, RULE, said("message 1", text)).findings) is met


def test_every_free_text_of_a_record_is_looked_at_and_told_once(tmp_path: Path) -> None:
    rows = [
        said("message 1", "Hola", subject="murió mi padre"),
        said("message 2", "murió mi padre", earlier="http://a.example/1234567s"),
        said("message 3", None, account="murió mi padre"),
    ]
    assert [one.place.ref for one in told(tmp_path, RULE, *rows).findings] == ["message 1", "message 2"]


def test_a_text_said_twice_is_two_records(tmp_path: Path) -> None:
    rows = [said(f"message {n}", "murió mi padre") for n in range(3)]
    found = told(tmp_path, RULE, *rows).findings
    assert [one.place.ref for one in found] == ["message 0", "message 1", "message 2"]
    assert len({one.id for one in found}) == 3


def test_private_rules_are_not_told_and_global_ones_count(tmp_path: Path) -> None:
    rules = (
        'private rule base { strings: $a = "evil" condition: $a }\n'
        "rule top { condition: base and filesize < 20 }\n"
        "global rule short { condition: filesize < 100 }\n"
    )
    found = told(tmp_path, rules, said("message 1", "evil"), said("message 2", "evil" * 10)).findings
    assert [(one.rule, one.place.ref) for one in found] == [
        ("yara.short", "message 1"),
        ("yara.short", "message 2"),
        ("yara.top", "message 1"),
    ]


def test_two_rules_of_one_name_are_told_apart_and_one_rule_of_two_files_is_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name, word in (("x.yar", "evil"), ("y.yar", "evil"), ("z.yar", "bad")):
        (tmp_path / "a" / name).write_text(f'rule same {{ strings: $a = "{word}" condition: $a }}\n// {name}\n')
    indicators = load([tmp_path / "a"], baseline=False)
    records, seen = stored(tmp_path, MESSAGE, [said("message 1", "evil and bad")])
    tables = Tables([seen], {MESSAGE: (artifacts()[MESSAGE].schema, records)})
    hits = yara.in_texts({"": tables}, indicators, 1)
    found = by_rules(tables, indicators, {}, list(hits.values())).findings
    assert sorted((one.value, one.references) for one in found) == [
        ("bad", ("z.yar",)),
        ("evil", ("x.yar",)),
        ("evil", ("y.yar",)),
    ]
    assert len({one.id for one in found}) == 3


def test_more_places_than_are_told_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [said(f"message {n:05d}", f"evil {n}") for n in range(1_005)]
    answer = told(tmp_path, 'rule broad { strings: $a = "evil" condition: $a }', *rows)
    assert len(answer.findings) == 1_000
    assert [one.place.ref for one in answer.findings][-1] == "message 00999"
    assert answer.unasked == [("YARA rule broad", "5 more places meet it than are told")]


def test_a_hostile_expression_over_a_hostile_text_ends(tmp_path: Path) -> None:
    rule = "rule slow { strings: $a = /(x+x+)+y/ $b = /(a|a)*b{3}/ condition: any of them }"
    assert told(tmp_path, rule, said("message 1", "x" * 50_000), said("message 2", "a" * 50_000)).findings == []


def test_words_that_are_no_letters_are_shown_as_escapes(tmp_path: Path) -> None:
    (one,) = told(
        tmp_path, "rule x { strings: $a = { 1b 5b 33 31 6d } condition: $a }", said("m", "a\x1b[31mb")
    ).findings
    assert one.value == "\\x1b[31m"


def test_a_table_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "r.yar").write_text(RULE, encoding="utf-8")
    indicators = load([tmp_path / "r.yar"], baseline=False)
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 nothing")
    tables = Tables([], {MESSAGE: (artifacts()[MESSAGE].schema, tmp_path / "bad.parquet")})
    (hits,) = yara.in_texts({"": tables}, indicators, 1).values()
    ((name, reason),) = hits.unasked
    assert name == "YARA rules over the texts of ios.message"
    assert reason.startswith("scanning was stopped (raised): ArrowInvalid")


def test_a_rule_too_slow_for_some_texts_is_set_aside_and_costs_the_others_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it met before stays; the texts of other tables and the rest of this one are read without it."""
    monkeypatch.setattr("perito.indicators.yara_scan.SECONDS", 2)
    slow = "for any i in (0..20000000000) : (uint8(i % 2) == 1 and i < 0)"
    good = 'rule good { strings: $a = "evil" condition: $a }\n'
    part = f'rule part {{ strings: $a = "evil" condition: $a and (filesize < 9 or {slow}) }}\n'
    rows = [said(f"message {n:02d}", f"evil {n}" + " and more" * (9 < n < 15)) for n in range(20)]
    answer = told(tmp_path, good + part, *rows)
    met = {rule: [one.place.ref for one in answer.findings if one.rule == f"yara.{rule}"] for rule in ("good", "part")}
    assert met == {"good": [f"message {n:02d}" for n in range(20)], "part": [f"message {n:02d}" for n in range(10)]}
    reason = "takes too long: set aside after 13 texts; all rules that were not set aside were asked"
    assert answer.unasked == [("YARA rule part (r.yar)", reason)]
