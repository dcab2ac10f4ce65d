"""What passes from worker to parent arrives as it was written, or is refused."""

from pathlib import Path

import pyarrow as pa
import pytest

from perito.records.store import PassingWriter, passing

SCHEMA = pa.schema([("kind", pa.dictionary(pa.int8(), pa.string())), ("hash", pa.uint64())])


def table(*rows: tuple[str, int]) -> pa.Table:
    kinds, hashes = zip(*rows, strict=True)
    return pa.table({"kind": pa.array(kinds).dictionary_encode(), "hash": pa.array(hashes, pa.uint64())}).cast(SCHEMA)


def written(path: Path, *tables: pa.Table) -> Path:
    with PassingWriter(path, SCHEMA) as writer:
        for one in tables:
            writer.write(one)
    return path


def test_tables_with_different_dictionaries_arrive_in_order(tmp_path: Path) -> None:
    first, second = table(("url", 1), ("ip", 1 << 63)), table(("phone", 3), ("url", 4))
    arrived = list(passing(written(tmp_path / "a.arrows", first, second), SCHEMA))
    rows = [row for one in arrived for row in one.to_pylist()]
    assert rows == [*first.to_pylist(), *second.to_pylist()]


def test_nothing_written_is_nothing_read(tmp_path: Path) -> None:
    assert list(passing(written(tmp_path / "a.arrows"), SCHEMA)) == []


def test_other_columns_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.arrows", table(("url", 1)))
    with pytest.raises(TypeError, match="other columns"):
        list(passing(path, SCHEMA.append(pa.field("more", pa.int8()))))


def test_an_index_beyond_its_dictionary_is_refused_before_anyone_follows_it(tmp_path: Path) -> None:
    path = tmp_path / "a.arrows"
    beyond = pa.DictionaryArray.from_arrays(pa.array([7], pa.int8()), pa.array(["url"]), safe=False)
    with pa.ipc.new_stream(str(path), SCHEMA) as stream:
        stream.write_batch(pa.RecordBatch.from_arrays([beyond, pa.array([1], pa.uint64())], schema=SCHEMA))
    with pytest.raises(pa.ArrowInvalid):
        list(passing(path, SCHEMA))


def test_an_end_cut_off_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.arrows", table(*[("url", number) for number in range(1_000)]))
    path.write_bytes(path.read_bytes()[:4_000])
    with pytest.raises((pa.ArrowInvalid, OSError)):
        list(passing(path, SCHEMA))
