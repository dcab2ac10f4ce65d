"""Whatever bytes lie at an artifact's place: no foreign exception, nothing lost in silence, never "parsed" for rubbish."""

import plistlib
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perito.artifacts.declare import Artifact, artifacts
from perito.artifacts.run import Reading, tables
from tests.artifacts.samples import SAMPLES, built, name_of, readers_of

ALL = list(artifacts().values())
FEW = {60: 30}
"""Examples of a damaged sample, for those of any test: every reader has two samples or more, and meets 60 all the same."""
STATUSES = {"parsed", "partial", "absent", "damaged", "unsupported", "encrypted"}


def reading_of(artifact: Artifact, path: Path) -> tuple[int, Reading]:
    reading = Reading()
    rows = sum(len(table) for table in tables(artifact, path, reading))
    assert reading.status in STATUSES
    assert reading.status == "parsed" or reading.reason or reading.misfit_count
    return rows, reading


@pytest.mark.parametrize("artifact", ALL, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "content",
    [
        b"\x00" * 5_000,
        b"\xff\xfe" * 3_000,
        b"SQLite format 3\x00" + b"\xff" * 4_096,
        b"bplist00" + b"\xff" * 100,
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;&b;'>]><a>&d;</a>",
        b"[" * 10_000,
        b'{"a":' * 10_000,
        b"<plist><array>" * 10_000,
    ],
    ids=["zeros", "ones", "sqlite head", "bplist head", "entities", "brackets", "braces", "deep plist"],
)
def test_rubbish_is_never_parsed_with_rows(artifact: Artifact, content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    rows, reading = reading_of(artifact, file)
    assert rows == 0 or reading.misfit_count or reading.status != "parsed" or artifact.name.startswith("messages.")


@pytest.mark.parametrize("artifact", ALL, ids=lambda one: one.name)
def test_an_empty_file_has_no_rows(artifact: Artifact, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    rows, reading = reading_of(artifact, file)
    assert rows == 0
    assert reading.status != "parsed", "an empty file was not read: its coverage must not say so"


@pytest.mark.parametrize("artifact", ALL, ids=lambda one: one.name)
@given(content=st.binary(max_size=2_000))
def test_any_bytes(artifact: Artifact, content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("any") / "file"
    file.write_bytes(content)
    reading_of(artifact, file)


@cache
def content_of(sample: Path) -> bytes:
    with TemporaryDirectory() as scratch:
        return built(sample, Path(scratch)).read_bytes()


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
@settings(max_examples=FEW.get(settings().max_examples, settings().max_examples))
@given(data=st.data())
def test_a_damaged_sample_loses_nothing_in_silence(
    sample: Path, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Cut the file or change some bytes: fewer rows than before only with a word about it."""
    content = bytearray(content_of(sample))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(len(content) - 1, 0)))
        if content:
            content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(content) // 2, len(content)))
    file = tmp_path_factory.mktemp("damaged") / "damaged"
    file.write_bytes(bytes(content[:cut]))
    for artifact in readers_of(sample):
        reading_of(artifact, file)


@pytest.mark.parametrize("artifact", [one for one in ALL if one.tables], ids=lambda one: one.name)
def test_a_database_without_its_columns_is_unsupported_not_parsed(artifact: Artifact, tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as database:
        for name in artifact.tables:
            database.execute(f'CREATE TABLE "{name}" (nothing_known INTEGER)')
        database.execute("CREATE TABLE filler (x)")
        database.commit()
    _, reading = reading_of(artifact, file)
    assert reading.status in {"unsupported", "damaged", "partial"}, reading


@pytest.mark.parametrize("artifact", [one for one in ALL if one.keys], ids=lambda one: one.name)
def test_values_of_the_wrong_kind_are_told(artifact: Artifact, tmp_path: Path) -> None:
    file = tmp_path / "odd.plist"
    file.write_bytes(plistlib.dumps(dict.fromkeys(artifact.keys, 2**40)))
    reading_of(artifact, file)
