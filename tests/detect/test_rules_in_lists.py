"""YARA and Sigma rules that were published in lists of indicators: what they find, what they do not, and what is told."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from perito.examine import Wish, examine
from tests.indicators.stix import bundle, indicator, other, related

CHAT = """25/03/17, 14:05 - Bruno: roger y algo evil
25/03/17, 14:06 - Alma: nada
"""
YARA = 'rule {} {{ meta: author = "Somebody" description = "Talk" strings: $a = "{}" condition: $a }}'
SIGMA = """title: Odd words
id: 11111111-1111-4111-8111-{:012d}
level: {}
logsource: {{category: message}}
detection:
  selection: {{text|contains: {}}}
  condition: selection
"""
SNORT = 'alert tcp any any -> any 80 (msg:"x"; sid:1;)'
LAB = other("identity", 1, name="A Lab", identity_class="organization")
SPY = other("malware", 1, name="Spy", is_family=True)


def run(
    folder: Path, name: str, content: str, as_of: date | None = None
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Examine two messages with a list; return what its rules found in their texts, and the verdict."""
    (folder / "chat.txt").write_text(CHAT)
    (folder / name).write_text(content)
    wish = Wish(folder / "chat.txt", folder / "out", (folder / name,), baseline=False, as_of=as_of)
    out = examine(wish).out
    findings = json.loads((out / "findings.json").read_text())
    ours = [one for one in findings if one["rule"].startswith(("yara.", "sigma.")) and one["artifact"] != "yara.file"]
    return ours, json.loads((out / "verdict.json").read_text())


def in_stix(language: str, text: str, number: int, **more: object) -> dict[str, Any]:
    return indicator(text, number, pattern_type=language, created_by_ref=LAB["id"], **more)


def short(found: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return sorted((one["rule"], one["grade"], one["ref"], one["value"]) for one in found)


LISTED = bundle(
    LAB,
    SPY,
    in_stix("yara", YARA.format("walkie", "roger"), 1),
    in_stix("sigma", SIGMA.format(2, "high", "algo"), 2),
    in_stix("snort", SNORT, 3),
    in_stix("yara", YARA.format("revoked", "roger"), 4, revoked=True),
    in_stix("yara", YARA.format("ended", "roger"), 5, valid_until="2022-01-01T00:00:00Z"),
    in_stix("sigma", SIGMA.format(6, "high", "algo"), 6, indicator_types=["benign"]),
    in_stix("yara", YARA.format("harmless", "roger"), 7, indicator_types=["benign"]),
    in_stix("yara", 'rule broken { strings: $a = "roger" condition: $b }', 8),
    in_stix("sigma", "title: x\nlogsource: {category: message}\ndetection: [", 9),
    in_stix("yara", YARA.format("absent", "nobody says this"), 10),
    in_stix("eql", "process where true", 11),
    in_stix("yara", "see our report", 12),
    related(indicator("x", 1), SPY),
)


def test_rules_in_patterns_of_stix_are_asked(tmp_path: Path) -> None:
    found, _ = run(tmp_path, "feed.json", json.dumps(LISTED))
    assert short(found) == [
        ("sigma.11111111-1111-4111-8111-000000000002", "strong", "line 1", "roger y algo evil"),
        ("sigma.11111111-1111-4111-8111-000000000006", "context", "line 1", "roger y algo evil"),
        ("yara.ended", "weak", "line 1", "roger"),
        ("yara.harmless", "context", "line 1", "roger"),
        ("yara.walkie", "weak", "line 1", "roger"),
    ]
    (walkie,) = (one for one in found if one["rule"] == "yara.walkie")
    assert (walkie["artifact"], walkie["file"]) == ("messages.whatsapp", "chat.txt")
    assert (walkie["indicator"]["source"], walkie["indicator"]["campaign"]) == ("A Lab, feed.json", "Spy")
    problems = json.loads((tmp_path / "out/problems.json").read_text())
    assert [(one["ref"].removeprefix("object indicator--00000000-0000-4000-8000-0000000000"), one["reason"]) for one in problems] == [
        ("09, line 4", "damaged YAML: did not find expected node content; the rest was not read"),
        ("12", "no YARA rule is found in it"),
        ("08, rule broken", "YARA: unknown pattern `$b`"),
    ]  # fmt: skip


def test_a_rule_whose_time_is_over_is_not_asked_as_of_a_later_day(tmp_path: Path) -> None:
    found, verdict = run(tmp_path, "feed.json", json.dumps(LISTED), date(2023, 1, 1))
    assert {one["rule"] for one in found} == {
        "sigma.11111111-1111-4111-8111-000000000002",
        "sigma.11111111-1111-4111-8111-000000000006",
        "yara.harmless",
        "yara.walkie",
    }
    assert verdict["as_of"] == "2023-01-01"


ROWS = [("yara", YARA.format("walkie", "roger")), ("sigma", SIGMA.format(2, "high", "algo")),
        ("yara", YARA.format("absent", "nobody says this")), ("yara", "rule broken { condition: $b }")]  # fmt: skip


def cells(*rows: tuple[str, ...]) -> str:
    return "".join(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) + "\r\n" for row in rows)


def misp(to_ids: bool) -> str:
    attributes = [
        {"type": kind, "value": text, "to_ids": to_ids, "uuid": f"u{number}"}
        for number, (kind, text) in enumerate(ROWS)
    ]
    return json.dumps(
        {"Event": {"info": "x", "date": "2019-01-01", "Orgc": {"name": "A Lab"}, "Attribute": attributes}}
    )


LISTS = {
    "event.json": (misp(True), misp(False)),
    "export.csv": tuple(
        cells(("uuid", "type", "value", "to_ids"), *((f"u{number}", *row, flag) for number, row in enumerate(ROWS)))
        for flag in "10"
    ),
    "table.csv": (cells(("type", "value"), ("domain", "bad.example"), *ROWS), ""),
}


@pytest.mark.parametrize(
    ("name", "detects"), [(name, flag) for name in LISTS for flag in (True, False) if LISTS[name][not flag]]
)
def test_rules_in_attributes_and_cells_are_asked(tmp_path: Path, name: str, detects: bool) -> None:
    found, _ = run(tmp_path, name, LISTS[name][not detects])
    assert short(found) == [
        (
            "sigma.11111111-1111-4111-8111-000000000002",
            "strong" if detects else "context",
            "line 1",
            "roger y algo evil",
        ),
        ("yara.walkie", "weak" if detects else "context", "line 1", "roger"),
    ]
    assert {(one["artifact"], one["file"], one["written"]["time"]) for one in found} == {
        ("messages.whatsapp", "chat.txt", "2017-03-25T14:05:00")
    }
