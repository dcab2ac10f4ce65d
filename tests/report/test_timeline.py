import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from perito.records.convert import typed
from perito.records.schema import UNIX, Schema, message, when
from perito.records.store import with_file
from perito.report.timeline import spread, write

WHO = [None, "Ana", "", None, "Ana"]
SAID = ["hola", "hola", None, None, "Ana"]


def test_a_line_says_who_and_what_also_where_a_record_says_neither(tmp_path: Path) -> None:
    schema = Schema("some.note", sent=when("when it was sent", UNIX), sender=message("who"), body=message("what"))
    columns = [[f"note {number}" for number in range(5)], [1_500_000_000 + number for number in range(5)], WHO, SAID]
    arrays = [pa.array(columns[0]), pa.array(columns[1], pa.float64()), *map(pa.array, columns[2:])]
    stored = tmp_path / "some.note.parquet"
    pq.write_table(with_file(typed(schema, arrays), "notes.db"), stored)
    write(tmp_path / "timeline.csv", spread(tmp_path, {"some.note": (schema, stored)}), [])
    with (tmp_path / "timeline.csv").open(encoding="utf-8", newline="") as file:
        told = {row["ref"]: row["text"] for row in csv.DictReader(file)}
    assert told == {
        "note 0": "hola",
        "note 1": "Ana | hola",
        "note 2": "",
        "note 3": "",
        "note 4": "Ana",
    }
