"""How long the indicators take to load, by how many there are and in which form, from the lists and from their table.

`python -m bench.load --counts 8000,100000,1000000 --forms stix2,misp,csv`; each figure is a fresh process. `cold` reads
the list named; `compiles` is the first reading of the list as installed, `compiled` the next; both read the baseline too.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench.feed import drawn, write_csv, write_lines, write_misp, write_misp_csv, write_stix, write_tsv
from bench.measure import run

FORMS = {
    "stix2": write_stix,
    "stix2-lines": write_lines,
    "misp": write_misp,
    "misp-csv": write_misp_csv,
    "csv": write_csv,
    "tsv": write_tsv,
}
LOAD = """
import sys
from pathlib import Path
from perito.indicators.bundle import load
if sys.argv[1:]:
    print(len(load([Path(sys.argv[1])], baseline=False).table))
"""
INSTALLED = """
from perito.indicators.bundle import load
found = load([])
print(sum(feed.count for feed in found.feeds if feed.installed))
"""
MATCH = """
import sys, time
from pathlib import Path
from perito.detect.match import matches
from perito.indicators.bundle import load
found = load([Path(sys.argv[1])], baseline=False)
spent = []
for _ in range(7):
    start = time.process_time()
    matches([Path(sys.argv[2])], found, {})
    spent.append(time.process_time() - start)
print(int(1e6 * sorted(spent)[3]))
"""
ADD = """
import sys
from datetime import UTC, datetime
from perito.indicators.judged import Means
from perito.indicators.update import add
add(Means(None, lambda found: found, datetime.now(UTC), lambda *_: None), sys.argv[1], "")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", default="8000,100000,1000000")
    parser.add_argument("--forms", default=",".join(FORMS), help=", ".join(FORMS))
    parser.add_argument("--folder", type=Path, help="where the lists are kept; by default they are deleted")
    parser.add_argument("--match", type=Path, help="an observables.parquet that the last form's lists are matched with")
    asked = parser.parse_args()
    print("| indicators | form | MB | run | wall s | CPU s | CPU beyond start s | peak MB |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        start = measured(LOAD, [], Path(scratch))[1]
        for count in map(int, asked.counts.split(",")):
            rows = None
            for form in asked.forms.split(","):
                path = folder / f"{count}.{form}"
                if not path.exists():
                    rows = rows or drawn((), count, 11)
                    FORMS[form](path, rows)
                size = path.stat().st_size / 1e6
                for name in ("cold", "compiles", "compiled"):
                    if name == "compiles":
                        measured(ADD, [str(path)], Path(scratch))
                    words = [str(path)] if name == "cold" else []
                    wall, cpu, peak, found = measured(LOAD if words else INSTALLED, words, Path(scratch))
                    assert found == count, (path, found)
                    print(
                        f"| {count:,} | {form} | {size:.1f} | {name} | {wall:.2f} | {cpu:.2f} | {cpu - start:.2f} "
                        f"| {peak / 1e6:.0f} |",
                        flush=True,
                    )
                shutil.rmtree(Path(scratch) / "data")
            if asked.match:
                spent = measured(MATCH, [str(path), str(asked.match.absolute())], Path(scratch))[3]
                print(f"matching with {count:,} indicators: {spent / 1e6:.3f} s of CPU, the median of 7", flush=True)
    print("load average: " + ", ".join(f"{one:.1f}" for one in os.getloadavg()))


def measured(script: str, words: list[str], scratch: Path) -> tuple[float, float, int, int]:
    """Return wall and CPU seconds, peak bytes, and how many indicators were found."""
    log = scratch / "log"
    cost = run([sys.executable, "-c", script, *words], log, {"PERITO_DATA": str(scratch / "data")})
    assert cost.exit_code == 0, log.read_text()
    return cost.wall, cost.cpu, cost.rss, int(log.read_text() or 0)


if __name__ == "__main__":
    main()
