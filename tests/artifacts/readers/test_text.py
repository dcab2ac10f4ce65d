"""Text in any encoding, line by line, and tables in it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.artifacts.readers import table_text, text
from perito.artifacts.readers.damage import Damaged


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_lines_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "x"
    file.write_bytes("año, señor\r\n¿qué?\n\nfin sin salto".encode(encoding))
    assert list(text.lines(file)) == [(1, "año, señor"), (2, "¿qué?"), (3, ""), (4, "fin sin salto")]


def test_one_odd_byte_does_not_change_the_encoding(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes("señor\n".encode() * 9 + b"\xff\n")
    assert text.encoding(file) == "utf-8"
    assert list(text.lines(file))[-1] == (10, "\udcff")


def test_line_separators_of_unicode_are_part_of_a_line(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text("a\u2028b\x0bc\x85d\re", newline="")
    assert list(text.lines(file)) == [(1, "a\u2028b\x0bc\x85d\re")]


def test_an_empty_file_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(Damaged, match="empty"):
        list(text.lines(tmp_path / "x"))


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "LONGEST", 10)
    (tmp_path / "x").write_text("short\n" + "x" * 11)
    with pytest.raises(Damaged, match="line 2"):
        list(text.lines(tmp_path / "x"))


@given(st.binary(min_size=1, max_size=500))
def test_no_byte_is_lost(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("t") / "x"
    file.write_bytes(content)
    if text.encoding(file) in {"utf-8", "cp1252"}:
        read = "\n".join(line for _, line in text.lines(file))
        kept = read.encode(text.encoding(file), "surrogateescape").replace(b"\r", b"")
        assert kept == content.replace(b"\r", b"").removesuffix(b"\n")


@pytest.mark.parametrize(
    ("line", "by"), [("a,b;c,d", ","), ("a;b,c;d", ";"), ("a\tb c\td", "\t"), ('"a,b,c,d";e;f', ";"), ("a|b|c", "|")]
)
def test_the_separator_is_the_one_that_parts_most(line: str, by: str) -> None:
    assert table_text.separator(line) == by


def rows(path: Path, content: str, width: int = 3) -> list[table_text.Line]:
    path.write_text(content, encoding="utf-8", newline="")
    return list(table_text.rows(path, ",", width, lambda line: line[:1].isdigit()))


def test_a_quoted_cell_may_have_lines_that_look_like_rows(tmp_path: Path) -> None:
    found = rows(tmp_path / "x", '1,a,"x\n2,b,y"\n3,c,z\n')
    assert [(number, cells, astray) for number, cells, _, astray in found] == [
        (1, ["1", "a", "x\n2,b,y"], False),
        (3, ["3", "c", "z"], False),
    ]


def test_a_quote_left_open_costs_its_own_row_only(tmp_path: Path) -> None:
    found = rows(tmp_path / "x", '1,a,"x\n2,b,"y ""q"""\n3,c,z\n')
    assert [(number, cells, astray) for number, cells, _, astray in found] == [
        (1, ["1", "a", '"x'], True),
        (2, ["2", "b", 'y "q"'], False),
        (3, ["3", "c", "z"], False),
    ]


@given(st.text(alphabet='1a,"\n; ', max_size=80))
def test_no_cell_is_lost_whatever_the_quotes(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    found = rows(tmp_path_factory.mktemp("t") / "x", content or "x")
    letters = "".join(one for _, _, row, _ in found for one in row if one in "1a")
    assert letters == "".join(one for one in content or "x" if one in "1a")
