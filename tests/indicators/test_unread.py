"""Documents and archives are told as what they are, with what to do, whatever they are called."""

import zipfile
from pathlib import Path

import pytest

from perito.base.errors import UsageError
from perito.indicators.bundle import load


def packed(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            file.writestr(name, "a.example\n" * 9)
    return path


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
        (("[Content_Types].xml", "word/document.xml"), "a Word document"),
        (("domains.txt",), "a ZIP archive"),
    ],
)
def test_what_is_zipped(tmp_path: Path, names: tuple[str, ...], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        load([packed(tmp_path / "domains.txt", *names)], baseline=False)


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"%PDF-1.7\na.example\nb.example\n", "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
        (b"\x1f\x8b\x08\x00", "packed with gzip"),
        (b"<!DOCTYPE html>\n<p>a.example", "a web page"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"SQLite format 3\x00", "an SQLite database"),
    ],
)
def test_what_begins_like_a_document(tmp_path: Path, start: bytes, what: str) -> None:
    (tmp_path / "domains.txt").write_bytes(start)
    with pytest.raises(UsageError, match=f"{what}.*, which is not read as a list of indicators"):
        load([tmp_path / "domains.txt"], baseline=False)


def test_in_a_folder_it_is_a_problem_and_the_lists_beside_it_are_read(tmp_path: Path) -> None:
    packed(tmp_path / "iocs.xlsx", "[Content_Types].xml", "xl/workbook.xml")
    (tmp_path / "domains.txt").write_text("a.example\n")
    found = load([tmp_path], baseline=False)
    assert found.table["value"].to_pylist() == ["a.example"]
    assert [(one.file, one.reason) for one in found.problems] == [
        (
            "iocs.xlsx",
            "an Excel workbook, which is not read as a list of indicators: save each sheet as CSV and give those files",
        )
    ]


def test_a_text_that_only_begins_alike_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("BZhost.example\nPAR1.example\n")
    assert load([tmp_path / "x.txt"], baseline=False).table["value"].to_pylist() == ["BZhost.example", "PAR1.example"]
