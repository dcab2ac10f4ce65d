"""Acquisitions of a docket, as far as a hunt by values and conditions reads them."""

import json
from pathlib import Path

import pyarrow as pa

from perito.records.normal import key_hashes
from perito.records.observables import OBSERVABLES
from perito.records.store import Writer


def acquisition(folder: Path, urls: list[str], group: int = 3) -> None:
    folder.mkdir(parents=True)
    kinds = ["url"] * len(urls)
    own, above = key_hashes(kinds, urls)
    table = pa.table(
        {
            "kind": pa.array(kinds).dictionary_encode(),
            "value": urls,
            "normal": urls,
            "hash": pa.array(own, pa.uint64()),
            "parents": pa.array(above, pa.list_(pa.uint64())),
            "artifact": pa.array([f"ios.safari_visit{n % 2}" for n in range(len(urls))]).dictionary_encode(),
            "file": pa.array(["a.db"] * len(urls)).dictionary_encode(),
            "ref": [f"visits {number}" for number in range(len(urls))],
            "time": pa.array([number * 10**6 for number in range(len(urls))]).cast(pa.timestamp("us", tz="UTC")),
            "direction": pa.array(["sent", None] * len(urls), pa.string())[: len(urls)].dictionary_encode(),
        }
    )
    with Writer(folder / "observables.parquet", OBSERVABLES, group) as writer:
        writer.write(table.cast(OBSERVABLES))
    (folder / "coverage.json").write_text(json.dumps([{"file": "a.db", "sha256": "0" * 64}]) + "\n")
    (folder / "verdict.json").write_text("{}\n")
