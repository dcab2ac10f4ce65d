"""Samples are text that a reviewer can read; this builds from each the file that a phone would hold.

`NAME.sample.sql` becomes a SQLite database, `NAME.sample.hex` the bytes it spells, `NAME.sample.bplist.xml` a binary
property list; any other ending is the file itself. The folder is named after the parser's module.
"""

import json
import plistlib
import sqlite3
from contextlib import closing
from pathlib import Path

from perito.artifacts.declare import Artifact, artifacts
from perito.artifacts.run import Reading, tables
from perito.base.times import rfc3339

HERE = Path(__file__).parent
SAMPLES = sorted(path for path in HERE.rglob("*.sample.*"))


def name_of(sample: Path) -> str:
    return sample.relative_to(HERE).as_posix()


def built(sample: Path, scratch: Path) -> Path:
    """Write the file that the sample describes and return it."""
    out = scratch / sample.name.partition(".")[0]
    if sample.name.endswith(".sample.sql"):
        with closing(sqlite3.connect(out)) as database:
            database.execute("PRAGMA synchronous = OFF")  # nothing of it needs to outlive a power cut
            database.executescript(sample.read_text())
            database.commit()
    elif sample.name.endswith(".sample.hex"):
        lines = sample.read_text().splitlines()
        out.write_bytes(bytes.fromhex("".join(line.partition("#")[0] for line in lines)))
    elif sample.name.endswith(".sample.bplist.xml"):
        out.write_bytes(plistlib.dumps(plistlib.loads(sample.read_bytes()), fmt=plistlib.FMT_BINARY))
    else:
        out.write_bytes(sample.read_bytes())
    return out


def readers_of(sample: Path) -> list[Artifact]:
    """Return the artifacts of the module that the sample's folder is named after."""
    module = ".".join(["perito.artifacts", *sample.parent.relative_to(HERE).parts])
    return [one for one in artifacts().values() if one.parse.__module__ == module]


def read(artifact: Artifact, path: Path) -> list[dict[str, object]]:
    """Return what a file gives: a line a record, a line a problem, and one for a reading that did not end well."""
    reading = Reading()
    lines: list[dict[str, object]] = []
    for table in tables(artifact, path, reading):
        for record in table.to_pylist():
            times = {key: rfc3339(value) for key, value in record.items() if hasattr(value, "tzinfo")}
            lines.append({"artifact": artifact.name, **record, **times})
    lines.extend({"problem": one.reason, "ref": one.ref, "raw": one.raw} for one in reading.misfits)
    if reading.status != "parsed":
        lines.append({"artifact": artifact.name, "status": reading.status, "reason": reading.reason})
    return lines


def as_text(lines: list[dict[str, object]]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
