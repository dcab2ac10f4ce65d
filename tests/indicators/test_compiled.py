"""The table of a large installed set: used only when it is what the lists would give, and made anew otherwise."""

import json
from datetime import UTC, date, datetime

import pytest

from perito.indicators import bundle, compiled, installed
from perito.indicators.bundle import load
from perito.indicators.indicator import Indicators
from perito.indicators.judged import Means
from perito.indicators.update import add, remove
from tests.indicators.stix import bundle as bundle_of
from tests.indicators.stix import indicator

DAY = datetime(2026, 3, 1, tzinfo=UTC)
HEAD = "# perito indicators 1\n# source: A Lab\n"


@pytest.fixture(autouse=True)
def _small(tmp_path, monkeypatch):
    monkeypatch.setenv("PERITO_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(compiled, "SMALLEST", 1)


def put(tmp_path, name: str, *lines: str, head: str = HEAD) -> None:
    (tmp_path / name).write_text(head + "".join(f"{line}\n" for line in lines))
    add(Means(None, lambda found: found, DAY, lambda *_: None), str(tmp_path / name), "")


@pytest.fixture
def _lists(tmp_path):
    put(tmp_path, "a.tsv", "domain\tbad.example\t\t", "domain\tnothing\t\t", "process\tevilprocesswithlongname\t\t")
    put(tmp_path, "b.tsv", "url\thttps://bad.example/X\tTwo\tcontext", head=HEAD + "# published: 2020-02-02\n")


def reading(monkeypatch, as_of: date | None = None, paths=()) -> tuple[Indicators, bool]:
    """Return what is loaded, and whether the lists of the set were read for it."""
    read: list[str] = []
    before = bundle.Gathering

    class Counting(before):
        def done(self):
            read.extend(feed.file for feed in self.feeds)
            return super().done()

    monkeypatch.setattr(bundle, "Gathering", Counting)
    found = load(paths, as_of=as_of)
    monkeypatch.setattr(bundle, "Gathering", before)
    return found, "a.tsv" in read


def same(one: Indicators, other: Indicators) -> bool:
    tables = one.table.to_pylist() == other.table.to_pylist() and one.keys.to_pylist() == other.keys.to_pylist()
    return tables and (one.problems, one.feeds, one.rules) == (other.problems, other.feeds, other.rules)


def tables():
    folder = installed.place().parent / "compiled"
    return sorted(folder.iterdir()) if folder.exists() else []


@pytest.mark.usefixtures("_lists")
def test_the_second_reading_is_that_of_the_table_and_says_the_same(monkeypatch):
    first, was_read = reading(monkeypatch)
    assert was_read
    second, was_read = reading(monkeypatch)
    assert not was_read
    assert same(first, second)
    assert second.table["value"].to_pylist()[-3:] == ["bad.example", "evilprocesswithlongname", "https://bad.example/X"]
    assert [(one.file, one.ref) for one in second.problems] == [("a.tsv", "line 4")]
    assert second.summary[-2:] == first.summary[-2:]
    assert second.summary[-1]["installed"] == "2026-03-01"
    assert [path.stat().st_mode & 0o777 for path in tables()] == [0o600]


@pytest.mark.usefixtures("_lists")
def test_another_day_another_list_or_another_program_is_read_anew(monkeypatch, tmp_path):
    reading(monkeypatch)
    then, was_read = reading(monkeypatch, date(2021, 1, 1))
    assert was_read
    assert then.table["value"].to_pylist()[-1] == "https://bad.example/X"
    assert "bad.example" not in then.table["value"].to_pylist()  # no day of its own, and installed later
    put(tmp_path, "c.tsv", "domain\tmore.example\t\t")
    found, was_read = reading(monkeypatch)
    assert was_read
    assert "more.example" in found.table["value"].to_pylist()
    remove("c.tsv")
    found, was_read = reading(monkeypatch)
    assert not was_read
    assert "more.example" not in found.table["value"].to_pylist()
    monkeypatch.setattr(compiled, "_program", lambda: ["another"])
    assert reading(monkeypatch)[1]


@pytest.mark.usefixtures("_lists")
@pytest.mark.parametrize("damage", ["cut", "empty", "one bit", "another key", "no table"])
def test_a_table_that_is_not_what_was_written_is_made_anew(monkeypatch, damage):
    first, _ = reading(monkeypatch)
    (path,) = tables()
    whole = path.read_bytes()
    path.write_bytes(
        {
            "cut": whole[:-10],
            "empty": b"",
            "one bit": whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:],
            "another key": whole.replace(path.stem.encode(), b"0" * 64),
            "no table": compiled._head("0" * 64) + b"\xff" * 1000,
        }[damage]
    )
    second, was_read = reading(monkeypatch)
    assert was_read
    assert same(first, second)
    assert path.read_bytes() == whole
    assert not reading(monkeypatch)[1]


@pytest.mark.usefixtures("_lists")
def test_a_list_that_was_changed_is_not_used_through_the_table_either(monkeypatch):
    reading(monkeypatch)
    next(iter(installed.files())).path.write_text(HEAD + "domain\tother.example\t\t\n")
    found, _ = reading(monkeypatch)
    assert found.problems[0].reason == "installed, but missing or changed since; not used"
    assert "bad.example" not in found.table["value"].to_pylist()
    assert "other.example" not in found.table["value"].to_pylist()


@pytest.mark.usefixtures("_lists")
def test_lists_that_are_named_stand_behind_and_are_not_kept(monkeypatch, tmp_path):
    (tmp_path / "secret.csv").write_text("type,value\ndomain,case.example\ndomain,bad.example\n")
    monkeypatch.setattr(compiled, "SMALLEST", 1 << 40)
    plain = load([tmp_path / "secret.csv"])
    assert tables() == []
    monkeypatch.setattr(compiled, "SMALLEST", 1)
    for was_read in (True, False):
        found, read = reading(monkeypatch, paths=[tmp_path / "secret.csv"])
        assert read == was_read
        assert same(found, plain)
    assert found.table["value"].to_pylist()[-2:] == ["case.example", "bad.example"]
    assert all(b"case.example" not in path.read_bytes() for path in tables())


@pytest.mark.usefixtures("_lists")
def test_only_so_many_tables_are_kept(monkeypatch):
    for day in range(1, 8):
        reading(monkeypatch, date(2026, 4, day))
    assert len(tables()) == compiled.MOST
    assert not reading(monkeypatch, date(2026, 4, 7))[1]


@pytest.mark.usefixtures("_lists")
def test_without_a_place_to_write_the_lists_are_read(monkeypatch):
    monkeypatch.setattr(compiled, "_store", _refuse)
    assert reading(monkeypatch)[1]
    assert reading(monkeypatch)[1]


def _refuse(*_):
    raise PermissionError


YARA = """rule walkie_talkie { meta: date = "2020-05-06" license = "CC0" strings: $a = "roger" condition: $a }
rule another { strings: $a = "otra señal" condition: $a }
"""
SIGMA = """title: Odd link
id: 11111111-1111-4111-8111-111111111111
logsource: {product: ios}
detection:
  selection: {url|contains: evil}
  condition: selection
"""


def test_rules_are_kept_as_they_were_read(monkeypatch, tmp_path):
    condition = indicator(
        "[url:value LIKE 'https://evil.example/%/x']",
        valid_from="2020-01-02T03:04:05.006Z", valid_until="2030-01-01T00:00:00Z", labels=["benign"],
    )  # fmt: skip
    for name, text in (("c.json", json.dumps(bundle_of(condition))), ("d.yar", YARA), ("e.yml", SIGMA)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        add(Means(None, lambda found: found, DAY, lambda *_: None), str(tmp_path / name), "")
    first, _ = reading(monkeypatch)
    assert len(tables()) == 1
    monkeypatch.setattr(compiled, "_store", None)  # whatever would be stored now is an error
    second, _ = reading(monkeypatch)
    assert same(first, second)
    assert second.compiled == first.compiled != b""
    stix, walkie, other, sigma = second.rules
    assert (stix.kind, stix.text, stix.file) == ("pattern", "[url:value LIKE 'https://evil.example/%/x']", "c.json")
    assert stix.valid_from == datetime(2020, 1, 2, 3, 4, 5, 6000, tzinfo=UTC)
    assert stix.valid_until == datetime(2030, 1, 1, tzinfo=UTC)
    assert (stix.about.context_only, stix.about.licence, stix.about.source) == (True, "", "c.json")
    assert (walkie.name, walkie.about.published, walkie.about.licence) == ("walkie_talkie", date(2020, 5, 6), "CC0")
    assert "otra señal" in other.text
    assert (sigma.name, sigma.kind) == ("11111111-1111-4111-8111-111111111111", "sigma_rule")
