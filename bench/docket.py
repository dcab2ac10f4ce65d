"""Dockets of invented acquisitions, as large as wanted: only what a hunt reads of them."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from perito.records.normal import key_hashes
from perito.records.observables import DIRECTIONS, OBSERVABLES
from perito.records.store import OBSERVABLE_GROUP, Writer

POOL = 200_000
"""Observables that many people have in common; which of them a person has is skewed as visits to sites are."""
HOSTS = 50_000
OWN = 0.3
"""Of the rows of an acquisition: what nobody else has."""


@dataclass(frozen=True)
class Pool:
    """Columns of the shared observables, and of hosts (their further keys) for addresses of one's own."""

    shared: pa.Table
    hosts: list[str]
    above: list[list[int]]


def pool() -> Pool:
    draw = np.random.default_rng(1)
    hosts = [f"{'www.' if n % 2 else 'a.b.'}site{n}.{('example', 'com.mx', 'org', 'net')[n % 4]}" for n in range(HOSTS)]
    places = draw.integers(0, HOSTS, POOL).tolist()
    kinds, forms = [], []
    for number, place in enumerate(places):
        kind = ("url", "url", "url", "path", "email", "process")[number % 6]
        kinds.append(kind)
        forms.append(
            {
                "url": f"https://{hosts[place]}/page/{number}?from=feed",
                "path": f"/var/mobile/library/caches/app{place}/part/{number}.db",
                "email": f"person{number}@{hosts[place]}",
                "process": f"daemon{place}",
            }[kind]
        )
    own, above = key_hashes(kinds, forms)
    shared = pa.table(
        {
            "kind": kinds,
            "normal": forms,
            "hash": pa.array(own, pa.uint64()),
            "parents": pa.array(above, pa.list_(pa.uint64())),
        }
    )
    of_hosts = key_hashes(["url"] * HOSTS, [f"https://{host}/" for host in hosts])[1]
    return Pool(shared, hosts, of_hosts)


def acquisition(folder: Path, number: int, rows: int, shared: Pool, planted: list[str]) -> None:
    """Write an acquisition of so many observables, among them the planted hosts."""
    draw = np.random.default_rng(number)
    own = int(rows * OWN)
    common = shared.shared.take(pa.array(np.minimum(draw.zipf(1.1, rows - own) * 7919 % POOL, POOL - 1)))
    places = (np.minimum(draw.zipf(1.3, own), HOSTS) * (number + 1) * 7919 % HOSTS).tolist()
    forms = [f"https://{shared.hosts[place]}/case{number}/{row}" for row, place in enumerate(places)]
    hashes = _url_hashes(forms)
    above = pa.array([shared.above[place] for place in places], pa.list_(pa.uint64()))
    mine = pa.table({"kind": ["url"] * own, "normal": forms, "hash": pa.array(hashes, pa.uint64()), "parents": above})
    links = [f"https://cdn.{host}/x/{number}" for host in planted]
    more, further = key_hashes(["url"] * len(links), links)
    extra = pa.table(
        {
            "kind": pa.array(["url"] * len(links), pa.string()),
            "normal": pa.array(links, pa.string()),
            "hash": pa.array(more, pa.uint64()),
            "parents": pa.array(further, pa.list_(pa.uint64())),
        }
    )
    seen = pa.concat_tables([common, mine, extra]).take(pa.array(draw.permutation(rows + len(links))))
    _write(folder, seen, draw)


def _url_hashes(forms: list[str]) -> list[int]:
    from perito.base.hashing import key_hash

    return [key_hash(f"url:{form}") for form in forms]


def _write(folder: Path, seen: pa.Table, draw: np.random.Generator) -> None:
    count = len(seen)
    names = ["ios.safari_visit", "ios.message", "ios.manifest_file", "ios.data_usage"]
    artifact = np.sort(draw.integers(0, 4, count)).astype(np.int8)
    file = pa.DictionaryArray.from_arrays(
        pa.array(artifact.astype(np.int32)), [f"HomeDomain/Library/{name}.db" for name in names]
    )
    times = 1_480_000_000_000_000 + np.sort(draw.integers(0, 10**14, count))
    columns = {
        "kind": seen["kind"].combine_chunks().dictionary_encode(),
        "value": seen["normal"],
        "normal": seen["normal"],
        "hash": seen["hash"],
        "parents": seen["parents"],
        "artifact": pa.DictionaryArray.from_arrays(pa.array(artifact), names),
        "file": file,
        "ref": pa.array([f"history_visits {row}" for row in range(count)]),
        "time": pa.array(times).cast(pa.timestamp("us", tz="UTC")),
        "direction": pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int8)), DIRECTIONS),
    }
    folder.mkdir(parents=True)
    with Writer(folder / "observables.parquet", OBSERVABLES, OBSERVABLE_GROUP) as writer:
        writer.write(pa.table(columns).cast(OBSERVABLES))
    rows = [
        {"artifact": name, "file": f"HomeDomain/Library/{name}.db", "status": "parsed", "sha256": "0" * 64}
        for name in names
    ]
    (folder / "coverage.json").write_text(json.dumps(rows) + "\n")
    (folder / "verdict.json").write_text(json.dumps({"verdict": "no trace in what was examined"}) + "\n")
