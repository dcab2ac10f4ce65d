"""The index is a short cut: whatever happens to it, a hunt with it finds what a plain scan finds."""

import json
import os
import random
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.base.hashing import key_hash
from perito.hunt import building, index, manifest, pages, sorting
from perito.hunt.docket import Docket, open_docket
from perito.hunt.engine import Candidates, hunt
from perito.indicators.indicator import Indicators
from tests.detect.cases import published
from tests.hunt.made import acquisition

NAMES = ["bad.example", "evil.example", "host.bad.example", "fine.example", "other.test", "c2.evil.example"]
NEVER = "never.example"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few pairs in a drawer and in the lowest tier, so that little data goes all the ways that much data goes."""
    monkeypatch.setattr(sorting, "SORTED_AT_ONCE", 16)
    monkeypatch.setattr(sorting, "LAID_AT_ONCE", 5)
    monkeypatch.setattr(building, "BYTES_A_PAIR", 200)
    monkeypatch.setattr(building, "SMALLEST", 40)
    monkeypatch.setattr(pages, "KEYS_AT_ONCE", 2)


def addresses(draw: random.Random, count: int) -> list[str]:
    return [f"https://{draw.choice(NAMES)}/{draw.randrange(40)}" for _ in range(count)]


@pytest.fixture
def docket(tmp_path: Path) -> Path:
    draw = random.Random(5)
    for number in range(6):
        acquisition(tmp_path / "d" / f"c{number}", addresses(draw, 20))
    acquisition(tmp_path / "d/none", [f"https://fine.example/{n}" for n in range(9)])
    return tmp_path / "d"


@pytest.fixture
def wanted(tmp_path: Path) -> Indicators:
    return published(tmp_path, ("domain", "bad.example"), ("url", "https://c2.evil.example/7"), ("domain", NEVER))


def told(opened: Docket, wanted: Indicators, found: Candidates | None) -> list[tuple[str, str]]:
    answer = hunt(opened, wanted, found)
    return [(one.acquisition.name, json.dumps([each.as_json() for each in one.findings])) for one in answer.struck]


def both(docket: Path, wanted: Indicators) -> tuple[list[tuple[str, str]], Candidates]:
    """Return what a hunt by the index finds, having compared it with the plain scan."""
    opened = open_docket(docket)
    found = index.candidates(opened, wanted)
    by_index = told(opened, wanted, found)
    assert by_index == told(opened, wanted, None)
    return by_index, found


def hidden(docket: Path) -> Path:
    return docket / building.FOLDER


def runs(docket: Path) -> tuple[manifest.Entry, ...]:
    return manifest.load(hidden(docket))


def aged(docket: Path) -> None:
    """Make all that is stored old enough for its times to be relied on."""
    for path in docket.rglob("observables.parquet"):
        os.utime(path, (1_600_000_000, 1_600_000_000))


def test_by_index_and_by_scan_is_found_the_same_and_only_what_may_hold_a_hit_is_read(
    docket: Path, wanted: Indicators
) -> None:
    found, where = both(docket, wanted)
    assert [name for name, _ in found] == [f"c{n}" for n in range(6)]
    assert "none" not in where.groups
    assert all(groups is not None for groups in where.groups.values())
    assert where.note == ""


def test_the_row_groups_named_are_those_that_hold_the_hash(tmp_path: Path, wanted: Indicators) -> None:
    urls = [f"https://fine.example/{n}" for n in range(12)]
    urls[7] = "https://x.bad.example/"
    acquisition(tmp_path / "d/a", urls)
    assert both(tmp_path / "d", wanted)[1].groups == {"a": [2]}


def test_a_second_hunt_builds_nothing_and_the_files_are_the_owners(docket: Path, wanted: Indicators) -> None:
    both(docket, wanted)
    before = {path.name: path.stat().st_mtime_ns for path in hidden(docket).glob("run-*")}
    both(docket, wanted)
    assert {path.name: path.stat().st_mtime_ns for path in hidden(docket).glob("run-*")} == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in hidden(docket).glob("*.bin")} == {0o600}
    assert stat.S_IMODE(hidden(docket).stat().st_mode) == 0o700
    assert not list(hidden(docket).glob("sort-*"))


def test_a_new_acquisition_is_added_as_a_run_of_its_own_and_eight_become_one(docket: Path, wanted: Indicators) -> None:
    both(docket, wanted)
    first = runs(docket)[0].file
    for number in range(7):
        acquisition(docket / f"new/{number}", ["https://bad.example/new", "https://fine.example/"])
        found, _ = both(docket, wanted)
        assert f"new/{number}" in [name for name, _ in found]
    names = [len(run.acquisitions) for run in runs(docket)]
    assert sorted(names) == [1] * 7 + [7]
    assert first in {run.file for run in runs(docket)}
    acquisition(docket / "new/7", ["https://bad.example/new"])
    both(docket, wanted)
    assert sorted(len(run.acquisitions) for run in runs(docket)) == [7, 8]
    assert {path.name for path in hidden(docket).glob("run-*")} == {run.file for run in runs(docket)}


def test_of_a_deleted_case_nothing_stays_in_the_index(docket: Path, wanted: Indicators) -> None:
    acquisition(docket / "gone", ["https://only.here.example/secret"])
    both(docket, wanted)
    secret = key_hash("url:https://only.here.example/secret").to_bytes(8, "little")
    assert any(secret in path.read_bytes() for path in hidden(docket).iterdir())
    shutil.rmtree(docket / "gone")
    found, _ = both(docket, wanted)
    assert len(found) == 6
    assert not any(secret in path.read_bytes() for path in hidden(docket).iterdir())
    assert "gone" not in (hidden(docket) / manifest.NAME).read_text()


def test_a_changed_acquisition_is_read_anew_even_with_its_old_size_and_time(docket: Path, wanted: Indicators) -> None:
    acquisition(docket / "x", ["https://fine.example/aaaa"])
    aged(docket)
    both(docket, wanted)
    told_time = (docket / "x/observables.parquet").stat()
    shutil.rmtree(docket / "x")
    acquisition(docket / "x", ["https://bad.example/aaaaa"])
    path = docket / "x/observables.parquet"
    os.utime(path, ns=(told_time.st_atime_ns, told_time.st_mtime_ns))
    found, _ = both(docket, wanted)
    assert "x" in [name for name, _ in found]


def test_a_copied_docket_keeps_its_index(docket: Path, wanted: Indicators, tmp_path: Path) -> None:
    both(docket, wanted)
    shutil.copytree(docket, tmp_path / "copy")
    names = [run.file for run in runs(docket)]
    both(tmp_path / "copy", wanted)
    assert [run.file for run in runs(tmp_path / "copy")] == names


def test_files_too_young_are_compared_by_digest_and_old_ones_by_their_times(
    docket: Path, wanted: Indicators, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(docket, wanted)
    assert {one.stamp for run in runs(docket) for one in run.acquisitions} == {None}
    monkeypatch.setattr(manifest, "SETTLED", 0)
    both(docket, wanted)
    assert None not in {one.stamp for run in runs(docket) for one in run.acquisitions}
    monkeypatch.setattr(manifest, "sha256", lambda _: pytest.fail("read again"))
    both(docket, wanted)


@pytest.mark.parametrize("damage", ["flip", "cut", "gone", "swapped page", "longer"])
def test_a_damaged_run_is_noticed_and_built_anew(docket: Path, wanted: Indicators, damage: str) -> None:
    both(docket, wanted)
    path = next(hidden(docket).glob("run-*"))
    raw = bytearray(path.read_bytes())
    if damage == "flip":
        raw[100] ^= 4
    elif damage == "cut":
        del raw[-9:]
    elif damage == "longer":
        raw += b"\0" * 8
    elif damage == "swapped page":
        raw[:4096] = bytes(4096)
    path.write_bytes(raw)
    if damage == "gone":
        path.unlink()
    both(docket, wanted)
    assert {run.file for run in runs(docket)} & {path.name} == set()


def test_a_page_at_another_place_or_of_another_run_is_not_believed(tmp_path: Path) -> None:
    hashes = np.arange(1, 1021, dtype=np.uint64) * np.uint64(10**15)
    shape = pages.write(tmp_path / "a", [(hashes, np.arange(1020, dtype=np.uint32))], 7 << 32)
    other = pages.write(tmp_path / "b", [(hashes, np.arange(1020, dtype=np.uint32))], 8 << 32)
    assert pages.Run(tmp_path / "a", shape).met(hashes[:5])[1].tolist() == [0, 1, 2, 3, 4]
    a, b = (tmp_path / "a").read_bytes(), (tmp_path / "b").read_bytes()
    (tmp_path / "a").write_bytes(b[:4096] + a[4096:])
    with pytest.raises(pages.Damaged):
        pages.Run(tmp_path / "a", shape).met(hashes[:1])
    with pytest.raises(pages.Damaged):
        pages.Run(tmp_path / "a", other).met(hashes[:1000:340])
    (tmp_path / "a").write_bytes(a[4096:8192] + a[:4096] + a[8192:])
    with pytest.raises(pages.Damaged):
        pages.Run(tmp_path / "a", shape).met(hashes[:1])


@given(
    st.lists(
        st.tuples(st.integers(0, 2**64 - 1) | st.integers(0, 5), st.integers(0, 2**32 - 2)), max_size=900, unique=True
    ),
    st.sets(st.integers(0, 7), max_size=8),
)
def test_a_run_gives_every_cell_of_a_hash_and_none_of_another(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[int, int]], more: set[int]
) -> None:
    pairs = sorted(pairs + [(3, cell) for cell in range(700)] if 7 in more else pairs)
    path = tmp_path_factory.mktemp("run") / "r"
    arrays = (np.array([one for one, _ in pairs], np.uint64), np.array([cell for _, cell in pairs], np.uint32))
    shape = pages.write(path, [arrays] if pairs else [], 1)
    run = pages.Run(path, shape)
    keys = sorted(more | {one for one, _ in pairs[::3]} | {2**64 - 1})
    met, cells = run.met(np.array(keys, np.uint64))
    assert sorted(zip(met.tolist(), cells.tolist(), strict=True)) == [pair for pair in pairs if pair[0] in set(keys)]
    again = [(int(one), int(cell)) for hashes, cells in run.pairs() for one, cell in zip(hashes, cells, strict=True)]
    assert sorted(again) == sorted(pairs)


def disorders() -> st.SearchStrategy[list[tuple[str, int]]]:
    doings = ["add", "delete", "change", "flip", "cut", "manifest", "drop", "half", "old manifest", "nothing"]
    return st.lists(st.tuples(st.sampled_from(doings), st.integers(0, 10**9)), min_size=1, max_size=7)


def some(paths: Iterator[Path], draw: random.Random) -> Path | None:
    listed = sorted(paths)
    return draw.choice(listed) if listed else None


def disturb(docket: Path, doing: str, draw: random.Random, kept: list[bytes]) -> None:
    case = some(docket.glob("c*"), draw)
    run = some(hidden(docket).glob("run-*"), draw)
    named = hidden(docket) / manifest.NAME
    if doing in {"add", "change"} or case is None:
        target = docket / f"c{draw.randrange(10**6)}" if doing == "add" or case is None else case
        shutil.rmtree(target, ignore_errors=True)
        acquisition(target, addresses(draw, draw.randrange(30)))
    elif doing == "delete":
        shutil.rmtree(case)
    elif doing == "half":
        (hidden(docket) / "run-00000000000000ff.bin").write_bytes(b"half")
        (hidden(docket) / "manifest.json.tmp").write_text('{"format"')
    elif doing == "old manifest":
        named.write_bytes(draw.choice(kept))
    elif doing == "manifest":
        flipped(named, draw)
    elif run is not None and doing in {"flip", "cut", "drop"}:
        {"flip": flipped, "cut": cut, "drop": lambda path, _: path.unlink()}[doing](run, draw)


def flipped(path: Path, draw: random.Random) -> None:
    raw = bytearray(path.read_bytes())
    for _ in range(draw.randrange(1, 4) if raw else 0):
        raw[draw.randrange(min(len(raw), draw.choice((200, len(raw)))))] ^= 1 << draw.randrange(8)
    path.write_bytes(raw)


def cut(path: Path, draw: random.Random) -> None:
    os.truncate(path, draw.randrange(path.stat().st_size + 1))


@given(disorders())
def test_whatever_happens_to_docket_and_index_the_answer_is_that_of_a_plain_scan(
    tmp_path_factory: pytest.TempPathFactory, doings: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("p")
    asked = published(folder, ("domain", "bad.example"), ("url", "https://c2.evil.example/7"), ("domain", NEVER))
    docket = folder / "d"
    for number in range(3):
        acquisition(docket / f"c{number}", addresses(random.Random(number), 12))
    both(docket, asked)
    kept = []
    for doing, seed in doings:
        kept.append((hidden(docket) / manifest.NAME).read_bytes())
        disturb(docket, doing, random.Random(seed), kept)
        if any(docket.glob("c*")):
            both(docket, asked)
    shutil.rmtree(folder)


def test_where_it_cannot_be_written_the_old_index_serves_and_the_rest_is_scanned(
    docket: Path, wanted: Indicators, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(docket, wanted)
    acquisition(docket / "new", ["https://bad.example/new"])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(building, "write", full)
    found, where = both(docket, wanted)
    assert "No space left on device" in where.note
    assert where.groups["new"] is None
    assert where.groups["c0"] is not None
    assert "new" in [name for name, _ in found]
    monkeypatch.undo()
    both(docket, wanted)
    assert not list(hidden(docket).glob("sort-*"))


@pytest.mark.parametrize("name", [manifest.NAME, f"{manifest.NAME}.tmp", "run-00000000000000ff.bin"])
def test_a_folder_in_the_place_of_a_file_of_the_index_is_replaced(docket: Path, wanted: Indicators, name: str) -> None:
    for content in ("", "something"):
        shutil.rmtree(hidden(docket), ignore_errors=True)
        (hidden(docket) / name / content).mkdir(parents=True)
        _, where = both(docket, wanted)
        assert where.note == ""
        assert {path.name for path in hidden(docket).glob("run-*")} == {run.file for run in runs(docket)}
        assert runs(docket)


def test_an_index_that_cannot_be_written_leaves_no_files(
    docket: Path, wanted: Indicators, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(manifest, "save", full)
    for _ in range(2):
        _, where = both(docket, wanted)
        assert "No space left on device" in where.note
        assert sorted(path.name for path in hidden(docket).iterdir()) == ["lock"]


def test_a_table_that_cannot_be_read_is_told_with_the_index_too(docket: Path, wanted: Indicators) -> None:
    both(docket, wanted)
    (docket / "c0/observables.parquet").write_bytes(b"PAR1 not really")
    opened = open_docket(docket)
    found = index.candidates(opened, wanted)
    answer = hunt(opened, wanted, found)
    assert [one.name for one in answer.unhunted] == ["c0"]
    assert answer.hunted == 6


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("hash", pa.nulls(20, pa.uint64())),
        ("parents", pa.nulls(20, pa.list_(pa.uint64()))),
        ("hash", pa.array(["x"] * 20)),
        ("normal", pa.nulls(20, pa.string())),
        ("artifact", pa.nulls(20, pa.string())),
        ("time", pa.array([2**62] * 20).cast(pa.timestamp("us", tz="UTC"))),
    ],
)
def test_a_table_with_other_columns_costs_its_own_acquisition_alone(
    docket: Path, wanted: Indicators, column: str, values: pa.Array
) -> None:
    path = docket / "c0/observables.parquet"
    table = pq.read_table(path)
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, values), path)
    opened = open_docket(docket)
    for found in (index.candidates(opened, wanted), None):
        answer = hunt(opened, wanted, found)
        assert [one.name for one in answer.unhunted] == ["c0"]
        assert "c1" in [one.acquisition.name for one in answer.struck]


@pytest.mark.parametrize("text", ["[" * 200_000, '[{"file": ["a.db"], "sha256": "0"}]'])
def test_a_coverage_that_nobody_wrote_costs_its_own_acquisition_alone(
    docket: Path, wanted: Indicators, text: str
) -> None:
    (docket / "c0/coverage.json").write_text(text)
    answer = hunt(open_docket(docket), wanted)
    assert [one.name for one in answer.unhunted] == ["c0"]
    assert "c1" in [one.acquisition.name for one in answer.struck]


def test_a_manifest_nested_without_end_is_built_anew(docket: Path, wanted: Indicators) -> None:
    before = both(docket, wanted)[0]
    (hidden(docket) / manifest.NAME).write_text("[" * 200_000)
    assert both(docket, wanted)[0] == before


def test_a_hash_in_common_is_no_finding(tmp_path: Path, wanted: Indicators) -> None:
    acquisition(tmp_path / "d/a", ["https://fine.example/1"])
    path = tmp_path / "d/a/observables.parquet"
    table = pq.read_table(path)
    forged = pa.array([key_hash("domain:bad.example")], pa.uint64())
    pq.write_table(table.set_column(3, "hash", forged), path)
    found, where = both(tmp_path / "d", wanted)
    assert where.groups == {"a": [0]}
    assert found == []
