"""What bytes of a list are as text: a few zeros cost their line, Western letters are read, and what is no text is none."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.base.errors import UsageError
from perito.indicators.bundle import load
from perito.indicators.formats.decoded import encoding_in, text_of, well_formed
from perito.indicators.indicator import Indicators

HOSTS = b"bad.example\nworse.example\n"
NOT_TEXT = "holds characters that are no text"
REPORT = b"# Report\n\nThey were led to bad[.]example by a message.\n"


def found(tmp_path: Path, name: str, data: bytes) -> Indicators:
    (tmp_path / name).write_bytes(data)
    return load([tmp_path / name], baseline=False)


DAMAGED = {
    "the first": (b"\0first.example\n" + HOSTS, "line 1", r"\x00first.example"),
    "the second": (b"f\0irst.example\n" + HOSTS, "line 1", r"f\x00irst.example"),
    "some": (b"fi\0\0\0rst.example\n" + HOSTS, "line 1", r"fi\x00\x00\x00rst.example"),
    "the last": (HOSTS + b"\0", "line 3", r"\x00"),
    "padding": (HOSTS + b"\0" * 20, "line 3", r"\x00" * 20),
    "two on a line": (HOSTS + b"one.example, t\0wo.example\n", "line 3", r"one.example, t\x00wo.example"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_zero_costs_its_line_of_a_text_list_and_nothing_else(tmp_path: Path, name: str) -> None:
    data, ref, raw = DAMAGED[name]
    for called in ("list.txt", "domains.txt"):
        told = found(tmp_path, called, data)
        assert told.table["value"].to_pylist() == ["bad.example", "worse.example"]
        assert [tuple(one) for one in told.problems] == [(called, ref, NOT_TEXT, raw)]


def test_a_zero_in_a_short_list_and_in_a_report(tmp_path: Path) -> None:
    told = found(tmp_path, "two.txt", b"bad.example\n\0\n")
    assert (told.table["value"].to_pylist(), told.problems[0].ref) == (["bad.example"], "line 2")
    told = found(tmp_path, "report.md", REPORT + b"\nworse[.]exam\0ple\n")
    assert (told.table["value"].to_pylist(), told.problems[0].ref) == (["bad.example"], "line 5")


def test_a_zero_in_a_table_costs_the_value_it_stands_in(tmp_path: Path) -> None:
    rows = b"d\0ate,domain\n2024-01-01,bad.example\n2024-01-01,w\0orse.example\n2024-01-01\0,third.example\n"
    told = found(tmp_path, "list.csv", rows)
    assert told.table["value"].to_pylist() == ["bad.example", "third.example"]
    (problem,) = told.problems
    assert (problem.ref, problem.reason, problem.raw) == ("line 3", f"domain: {NOT_TEXT}", r"w\x00orse.example")
    told = found(tmp_path, "typed.csv", b"type,value\ndomain,bad.example\ndom\0ain,worse.example\n")
    assert told.table["value"].to_pylist() == ["bad.example"]
    assert [(one.ref, one.reason, one.raw) for one in told.problems] == [("line 3", NOT_TEXT, r"dom\x00ain")]


BINARY = {
    "a program": b"\x7fELF\x02\x01\x01" + b"\0" * 60 + b"/lib/ld.so\0libc.so.6\0a.example\0b.example\0" * 20,
    "records": b"".join(b"\0\1\2\3\4\5\6\7a.example\n" for _ in range(50)),
    "all bytes": bytes(range(256)) * 20,
    "zeros between": b"a.example\0b.example\0c.example\0",
    "high bytes": bytes(range(128, 256)) * 4 + b"\na.example\n\0\1\2\3\4" * 10,
}


@pytest.mark.parametrize("name", BINARY)
def test_what_is_no_text_is_no_list_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    for called in ("list.txt", "domains.txt", "list.csv", "report.md"):
        with pytest.raises(UsageError, match="not a list of indicators"):
            found(tmp_path, called, BINARY[name])


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"]
)
def test_wide_letters_are_told_from_zeros_that_are_damage(tmp_path: Path, encoding: str) -> None:
    told = found(tmp_path, "list.txt", "# списък\nbad.example\nworse.example\n".encode(encoding))
    assert (told.table["value"].to_pylist(), told.problems) == (["bad.example", "worse.example"], [])


def test_western_letters_that_are_no_utf8_are_read(tmp_path: Path) -> None:
    table = "dominio,campaña,descripción\ncaón.example,Ñandú “2”,José\nbad.example,Ñandú “2”,Inés\n"
    told = found(tmp_path, "list.csv", table.encode("cp1252"))
    assert told.table["value"].to_pylist() == ["caón.example", "bad.example"]
    assert told.table["campaign"].to_pylist() == ["Ñandú “2”"] * 2
    assert list(told.feeds[0].left_out) == ['a cell of column "descripción", which holds nothing that is compared']
    assert told.problems == []
    told = found(tmp_path, "informe.md", "# Año\n\nSe le llevó a bad[.]example ayer.\n".encode("cp1252"))
    assert told.table["value"].to_pylist() == ["bad.example"]


def test_of_damaged_utf8_heads_are_shown_readably_and_values_are_not_guessed(tmp_path: Path) -> None:
    rows = b"dominio,descripci\xf3n,ni\xc3\xb1o,\x81\nca\xf3n.example,x,\xc3\xa1\xc3\xa9\xc3\xad,z\nbad.example,y,\xc3\xb3,z\n"
    told = found(tmp_path, "list.csv", rows)
    assert told.table["value"].to_pylist() == ["bad.example"]
    assert [(one.ref, one.reason) for one in told.problems] == [("line 2", f"domain: {NOT_TEXT}")]
    shown = [
        f'a cell of column "{name}", which holds nothing that is compared' for name in ("\\x81", "descripción", "niño")
    ]
    assert sorted(told.feeds[0].left_out) == shown


def test_another_alphabet_in_bytes_is_not_read_as_western(tmp_path: Path) -> None:
    told = found(tmp_path, "processes.txt", "bh\nмодуль\nroleaboutd\nmsgacntd\n".encode("koi8-r"))
    assert told.table["value"].to_pylist() == ["bh", "roleaboutd", "msgacntd"]
    assert [(one.ref, one.reason) for one in told.problems] == [("line 2", f"process: {NOT_TEXT}")]


def test_letters_written_as_escapes_stay_so_where_they_are_no_bytes() -> None:
    assert well_formed("A\udcf1o \udc81 \ud800") == "Año \\x81 \\ud800"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200))
def test_what_is_utf8_is_read_as_it_is(text: str) -> None:
    data = text.encode()
    with text_of(io.BytesIO(b"#" + data)) as read:
        assert read.read() == "#" + text


@given(st.binary(max_size=300))
def test_no_byte_is_lost_or_stops_the_reading(data: bytes) -> None:
    stream = io.BytesIO(data)
    encoding = encoding_in(stream)
    with text_of(stream) as read:
        text = read.read()
    if encoding in {"utf-8", "cp1252"}:
        assert text.encode(encoding, "surrogateescape") == data
