"""`make bench-hunt`: a new list of indicators against a docket of many acquisitions, by index and by plain scan.

    python -m bench.hunt [--rows 2,10] [--acquisitions 1000] [--indicators 1,100,10000] [--struck 50] [--keep] [--json]

`--rows` is in millions of observables, shared out evenly. Of the indicators, one in twenty was met, all in `--struck` of
the acquisitions. Times leave out the start of the process and the loading of the indicators. *CPU* is that of the warm
run, by all threads: it tells the cost on a busy machine too; *index* is the part of the warm time before any acquisition
is read. *Cold* drops the files from the page cache first (a virtual machine's host may keep them). The plain scan is
DuckDB over the Parquet file of each acquisition, by hash alone: the least that any scan has to do. *dense* asks for hosts
that hundreds of acquisitions hold, so that the time is that of looking up the hits (`--dense`). *and* hunts conditions of
STIX 2 (a host and a path on it), one in twenty of which is met; their hosts are indicators too, as context.
"""

import argparse
import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from bench import docket as made
from perito.hunt.docket import Docket, open_docket
from perito.hunt.engine import Answer, hunt
from perito.hunt.index import candidates, refresh, where
from perito.indicators.bundle import load
from perito.indicators.indicator import Indicators

OUT = Path(__file__).resolve().parent / "out"
HEAD = (
    "M rows",
    "indicators",
    "way",
    "cold s",
    "warm s",
    "CPU s",
    "index s",
    "read MB",
    "RSS MB",
    "struck",
    "findings",
)
WIDTHS = (7, 10, 8, 8, 8, 8, 8, 8, 7, 7, 9)


def main() -> int:
    """Print a table for each size; 1 if index and scan differ in which acquisitions were struck."""
    asked = _arguments()
    told: list[dict[str, Any]] = []
    sound = True
    print("  ".join(f"{name:>{width}}" for name, width in zip(HEAD, WIDTHS, strict=True)), file=sys.stderr)
    for millions in map(float, asked.rows.split(",")):
        folder = OUT / f"docket-{millions:g}"
        _build(folder, int(millions * 1e6), asked)
        opened = open_docket(folder)
        shutil.rmtree(where(opened), ignore_errors=True)
        took, _ = _timed(lambda opened=opened: refresh(opened))
        size = sum(path.stat().st_size for path in where(opened).iterdir()) / 1e6
        stored = sum(one.observables.stat().st_size for one in opened.acquisitions) / 1e6
        print(
            f"index of {millions:g} M built in {took:.1f} s, {size:.0f} MB; stored observables {stored:.0f} MB",
            file=sys.stderr,
        )
        told.append({"rows": millions, "build": took, "index_mb": size, "stored_mb": stored})
        time.sleep(2.1)
        refresh(opened)
        for count in map(int, asked.indicators.split(",")):
            for dense in (False, True) if asked.dense and count >= 10_000 else (False,):
                rows, same = _measured(opened, count, dense, asked)
                sound &= same
                told += [{"rows": millions, **row} for row in rows]
                for row in rows:
                    _show({"rows": millions, **row})
        if asked.conditions:
            row = _of_conditions(opened, asked)
            told.append({"rows": millions, **row})
            _show({"rows": millions, **row})
        if not asked.keep:
            shutil.rmtree(folder)
    if asked.json:
        print(json.dumps(told, indent=1))
    return int(not sound)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="2,10", help="millions of observables; 20,100 for the figures of the docs")
    parser.add_argument("--acquisitions", type=int, default=1_000)
    parser.add_argument("--indicators", default="1,100,10000")
    parser.add_argument("--struck", type=int, default=50)
    parser.add_argument("--dense", action="store_true", help="also ask for what most acquisitions hold")
    parser.add_argument("--conditions", type=int, default=100, help="conditions that are hunted too; 0 for none")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _planted(struck: int, acquisitions: int) -> dict[int, list[str]]:
    """Return for some acquisitions the ten malicious hosts that each of them met."""
    step = max(acquisitions // struck, 1)
    return {n * step: [f"planted{n}x{k}.test" for k in range(10)] for n in range(struck)}


def _build(folder: Path, rows: int, asked: argparse.Namespace) -> None:
    if folder.exists():
        return
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    numbers = np.array_split(np.arange(asked.acquisitions), 8)
    each = rows // asked.acquisitions
    planted = _planted(asked.struck, asked.acquisitions)
    with ProcessPoolExecutor(os.cpu_count()) as beside:
        jobs = [beside.submit(_some, part, some.tolist(), each, planted) for some in numbers]
        for job in jobs:
            job.result()
    part.rename(folder)


def _some(folder: Path, numbers: list[int], each: int, planted: dict[int, list[str]]) -> None:
    shared = made.pool()
    for number in numbers:
        made.acquisition(folder / f"{number:05d}", number, each, shared, planted.get(number, []))


def _feed(count: int, dense: bool, struck: int) -> Indicators:
    """Load indicators of which one in twenty was met; of a single one, that one."""
    met = max(count // 20, 1)
    hosts = [f"planted{n % struck}x{n // struck % 10}.test" for n in range(met)]
    if dense:
        hosts = [host.removeprefix("www.").removeprefix("a.b.") for host in made.pool().hosts[: met * 4 : 4]]
    hosts += [f"absent{n}.test" for n in range(count - len(hosts))]
    return _listed([f"[domain-name:value='{host}']" for host in hosts])


def _conditions(count: int, struck: int) -> Indicators:
    """Load conditions that ask for a host and a path on it; one in twenty is met."""
    met = max(count // 20, 1)
    hosts = [f"planted{n}x{n % 10}.test" for n in range(min(met, struck))]
    hosts += [f"absent{n}.test" for n in range(count - len(hosts))]
    return _listed([f"[domain-name:value = '{host}' AND url:value LIKE '%/x/%']" for host in hosts])


def _listed(patterns: list[str]) -> Indicators:
    objects = [
        {"type": "indicator", "id": f"indicator--{n:032x}", "pattern_type": "stix", "pattern": text}
        for n, text in enumerate(patterns)
    ]
    file = OUT / "feed.json"
    file.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}))
    return load([file], baseline=False)


def _measured(opened: Docket, count: int, dense: bool, asked: argparse.Namespace) -> tuple[list[dict[str, Any]], bool]:
    loading, wanted = _timed(lambda: _feed(count, dense, asked.struck))
    keys = wanted.keys["hash"].to_numpy()
    ours, answer = _by_index(opened, wanted, "dense" if dense else "index")
    ours |= {"struck": len(answer.struck), "findings": sum(len(one.findings) for one in answer.struck)}
    plain, (_, hit) = _row(opened, lambda: (0.0, _scan(opened, keys)), "DuckDB", 2)
    plain |= {"struck": len(hit), "findings": 0}
    same = {one.acquisition.name for one in answer.struck} == hit
    return [{"indicators": count, "loading": loading, **row} for row in (ours, plain)], same


def _of_conditions(opened: Docket, asked: argparse.Namespace) -> dict[str, Any]:
    """Measure a hunt by conditions alone, each asked only where the index says that it may be met."""
    row, answer = _by_index(opened, _conditions(asked.conditions, asked.struck), "and")
    found = [one for struck in answer.struck for one in struck.findings if one.rule == "indicator.pattern"]
    return row | {"indicators": asked.conditions, "struck": len(answer.struck), "findings": len(found)}


def _by_index(opened: Docket, wanted: Indicators, way: str) -> tuple[dict[str, Any], Answer]:
    def once() -> tuple[float, Answer]:
        took, found = _timed(lambda: candidates(open_docket(opened.folder), wanted))
        return took, hunt(opened, wanted, found)

    row, (_, answer) = _row(opened, once, way, 5)
    return row, answer


def _row(
    opened: Docket, once: Callable[[], tuple[float, Any]], way: str, times: int
) -> tuple[dict[str, Any], tuple[float, Any]]:
    """Measure a call cold, then the quickest of some warm ones; it gives the time of its first part and an answer."""
    _forget(opened)
    before = _read_bytes()
    cold, _ = _timed(once)
    read = _read_bytes() - before
    cpu, warm, (first, answer) = _warm(once, times)
    row = {"way": way, "cold": cold, "warm": warm, "cpu": cpu, "index": first, "read": read / 1e6, "rss": _rss()}
    return row, (first, answer)


def _scan(opened: Docket, keys: np.ndarray) -> set[str]:
    """Return the acquisitions of which a row, or what it lies under, has one of the hashes."""
    files = [str(one.observables) for one in opened.acquisitions]
    with duckdb.connect(config={"threads": os.cpu_count() or 1}) as connection:
        connection.register("asked", pa.table({"key": pa.array(keys)}))
        rows = connection.execute(
            "SELECT DISTINCT filename FROM (SELECT filename, unnest(list_append(parents, hash)) AS key"
            f" FROM read_parquet({files}, filename = true)) SEMI JOIN asked USING (key)"
        ).fetchall()
    return {Path(name).parent.name for (name,) in rows}


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    value = do()
    return time.perf_counter() - start, value


def _warm(do: Callable[[], Any], times: int) -> tuple[float, float, Any]:
    """Return CPU time, time and value of the quickest of some runs."""
    runs = []
    for _ in range(times):
        before = time.process_time()
        took, value = _timed(do)
        runs.append((time.process_time() - before, took, value))
    return min(runs, key=lambda run: run[1])


def _forget(opened: Docket) -> None:
    """Drop the docket from the page cache."""
    os.sync()
    for path in opened.folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def _read_bytes() -> int:
    told = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(told["read_bytes"])


def _rss() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _show(row: dict[str, Any]) -> None:
    cells = (f"{row['rows']:g}", row["indicators"], row["way"], f"{row['cold']:.3f}", f"{row['warm']:.3f}")
    cells += (
        f"{row['cpu']:.3f}",
        f"{row['index']:.3f}",
        f"{row['read']:.1f}",
        f"{row['rss']:.0f}",
        row["struck"],
        row["findings"],
    )
    print(
        "  ".join(f"{cell!s:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True)), file=sys.stderr, flush=True
    )


if __name__ == "__main__":
    sys.exit(main())
