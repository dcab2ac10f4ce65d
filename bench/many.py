"""`make bench-many`: many small acquisitions one by one, by one command, and by two workers of a cluster.

    python -m bench.many [--count 50] [--runs 1]

Each is a copy of one backup of size XS: only their number matters here. *One by one* starts
`perito check` anew for each, with `--jobs 2`. The cluster's scheduler and two workers run already; starting them is not
counted, their processor time and memory are not either (they are no children of the command).
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.runners.cluster import Cluster

from bench import grow, measure

OUT = Path(__file__).resolve().parent / "out"
PERITO = [sys.executable, "-m", "perito"]
HEAD = ("how", "wall s", "CPU s", "PSS MB", "s each")


def main() -> int:
    """Print a table; 1 if the three ways do not give the same files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50)
    asked = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    grow.backup(OUT / "XS", "XS")
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        return _measured(Path(folder), asked.count)


def _measured(folder: Path, count: int) -> int:
    given = [folder / "in" / f"a{number:03d}" for number in range(count)]
    for one in given:
        shutil.copytree(OUT / "XS/backup", one)
    print(f"{count} acquisitions, load {os.getloadavg()[0]:.1f}")
    print("  ".join(f"{name:>14}" for name in HEAD))
    single = [measure.run(_check(folder / "single" / one.name, one, jobs=2), folder / "log") for one in given]
    _show("one by one", count, sum(c.wall for c in single), sum(c.cpu for c in single), max(c.pss for c in single))
    cost = measure.run(_check(folder / "many", *given, jobs=2), folder / "log")
    _show("one command", count, cost.wall, cost.cpu, cost.pss)
    (folder / "cluster").mkdir()
    with Cluster(folder / "cluster") as cluster:
        begin = time.perf_counter()  # measure.run would wait for the cluster's processes too
        command = [*_check(folder / "far", *given, jobs=1), *cluster.options]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        _show("two workers", count, time.perf_counter() - begin, None, None)
    print(f"load {os.getloadavg()[0]:.1f}")
    return int(not all(_files(folder / way) == _files(folder / "single") for way in ("many", "far")))


def _check(out: Path, *given: Path, jobs: int) -> list[str]:
    return [*PERITO, "check", *map(str, given), "--out", str(out), "--jobs", str(jobs), "--lang", "en", "--json"]


def _files(folder: Path) -> dict[str, bytes]:
    names = ("findings.json", "coverage.json", "problems.json", "verdict.json")
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for name in names for path in folder.glob(f"*/{name}")}


def _show(how: str, count: int, wall: float, cpu: float | None, pss: float | None) -> None:
    cells = (
        how,
        f"{wall:.1f}",
        f"{cpu:.1f}" if cpu else "-",
        f"{pss / 1e6:.0f}" if pss else "-",
        f"{wall / count:.2f}",
    )
    print("  ".join(f"{cell:>14}" for cell in cells), flush=True)


if __name__ == "__main__":
    sys.exit(main())
