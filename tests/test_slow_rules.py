"""A YARA rule that takes too long is found and set aside, and costs the other rules nothing."""

from pathlib import Path
from typing import Any

import pytest

from perito.examine import Wish, examine
from perito.indicators.yara_scan import SECONDS
from tests.test_scan import findings, row_of

GOOD = 'rule good { strings: $a = "evil" condition: $a }\nrule sized { condition: filesize == 9 }\n'
SLOW = "rule slow { condition: for any i in (0..20000000000) : (uint8(i % 2) == 1 and i < 0) }\n"
ALSO = (
    "private rule base { condition: for any i in (0..20000000000) : (uint8(i % 3) == 1 and i < 0) }\n"
    'rule needs { strings: $a = "evil" condition: $a and base }\n'
)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SECONDS == 20
    monkeypatch.setattr("perito.indicators.yara_scan.SECONDS", 2)


def evidence(folder: Path, count: int) -> Path:
    folder.mkdir()
    rows = "".join(f"2024-01-02 10:{n % 60:02d},+525512345678,evil text {n}\n" for n in range(count))
    (folder / "messages.csv").write_text("date,sender,text\n" + rows)
    for number in range(count):
        (folder / f"file{number:03d}.bin").write_text(f"evil {number:04d}")
    return folder


def ran(folder: Path, name: str, *rules: str) -> Any:
    files = []
    for number, text in enumerate(rules):
        files.append(folder / f"{name}{number}.yar")
        files[-1].write_text(text)
    return examine(Wish(folder / "e", folder / name, tuple(files), baseline=False, jobs=2))


def essence(out: Path) -> list[tuple[str, ...]]:
    return [(one["rule"], one["grade"], one["file"], one["ref"], one["value"]) for one in findings(out)]


@pytest.mark.parametrize("hostile", [(SLOW,), (SLOW + ALSO, SLOW.replace("slow", "other"))])
def test_what_slow_rules_do_not_meet_is_found_as_without_them(tmp_path: Path, hostile: tuple[str, ...]) -> None:
    evidence(tmp_path / "e", 40)
    plain = ran(tmp_path, "plain", GOOD)
    slow = ran(tmp_path, "slow", GOOD, *hostile)
    assert essence(slow.out) == essence(plain.out)
    assert len(essence(plain.out)) == 40 * 2 + 40 + 1
    row = row_of(slow)
    names = {"slow"} if len(hostile) == 1 else {"slow", "base", "needs", "other"}
    assert (row.status, row.rows, row.problems) == ("partial", 41, len(names))
    assert row.reason.startswith(f"41 files, {sum(p.stat().st_size for p in (tmp_path / 'e').iterdir()):,} bytes; ")
    told = [one["reason"] for one in slow.problems]
    for name in names:
        assert sum(f"YARA rule {name} (" in one and "set aside after 3 files" in one for one in told) == 1
        assert sum(f"the YARA rule {name} (" in one and "set aside after 3 texts" in one for one in told) == 1
    assert len(told) == 2 * len(names)
    assert slow.exit_code == 3


def test_what_a_rule_met_before_it_was_set_aside_stays_and_its_name_counts(tmp_path: Path) -> None:
    """It takes long on files of some names only: the search tells it the name, and the three files are scanned again."""
    evidence(tmp_path / "e", 40)
    condition = SLOW[SLOW.index("for any") : SLOW.rindex("}")].strip()
    part = f'rule part {{ strings: $a = "evil" condition: $a and (not filename startswith "file02" or {condition}) }}\n'
    plain = ran(tmp_path, "plain", GOOD)
    slow = ran(tmp_path, "slow", GOOD + part)
    told = [one for one in essence(slow.out) if one[0] != "yara.part"]
    assert told == essence(plain.out)
    met = [one[2] for one in essence(slow.out) if one[0] == "yara.part" and one[1] == "strong"]
    assert met == [f"file{number:03d}.bin" for number in range(20)]
    reason = "takes too long: set aside after 23 files; all rules that were not set aside were asked"
    assert [one["reason"] for one in slow.problems] == [f"YARA rule part (slow0.yar): {reason}"]
    assert row_of(slow).rows == 41


def test_fewer_slow_files_than_are_borne_with_are_told_one_by_one(tmp_path: Path) -> None:
    evidence(tmp_path / "e", 2)
    condition = SLOW[SLOW.index("for any") : SLOW.rindex("}")].strip()
    slow = ran(tmp_path, "slow", GOOD + f'rule part {{ condition: extension == ".bin" and {condition} }}\n')
    assert [(one["file"], one["reason"]) for one in slow.problems] == [
        (f"file00{number}.bin", "not scanned with YARA rules: took longer than 2 seconds") for number in range(2)
    ]
    assert row_of(slow).reason.endswith(" bytes; 2 not")
