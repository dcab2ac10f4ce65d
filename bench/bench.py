"""`make bench`: perito and its peers on the same backups, in turn; what each costs and what each finds.

    python -m bench.bench [--sizes S,M,L] [--runs 1] [--indicators 8000,100000] [--json]

Backups and indicators are built once under bench/out. The peers run with the first number of indicators only.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import grow, measure, tools
from bench.summary import Row, summary
from bench.tools import ROOT, Tool

OUT = ROOT / "bench/out"
HEAD = (
    "size",
    "indicators",
    "tool",
    "run",
    "wall s",
    "CPU s",
    "PSS MB",
    "RSS MB",
    "procs",
    "out MB",
    "found",
    "decoys",
)
WIDTHS = (4, 10, 15, 3, 8, 8, 7, 7, 5, 6, 8, 6)


def main() -> int:
    """Run what is asked and print the tables; 1 if perito missed something or reported a decoy."""
    asked = _arguments()
    sizes = asked.sizes.split(",")
    counts = [int(count) for count in asked.indicators.split(",")]
    present = [tool for tool in tools.tools() if asked.tools in ("all", tool.name.split()[0])]
    if len(present) == 1 and asked.tools == "all":
        _say("no peer installed (`make bench-peers` installs MVT): perito alone", asked.json)
    _say(f"{tools.machine()}\n{measure.__doc__}", asked.json)
    _say(_line(HEAD), asked.json)
    rows = []
    for row in _rows(sizes, counts, present, asked):
        rows.append(row)
        _say(_shown(row), asked.json)
    if asked.json:
        print(json.dumps({"machine": tools.machine(), "runs": [_plain(row) for row in rows]}, indent=1))
    else:
        print("\n".join(("", *summary(rows, counts))))
    own = [row.score for row in rows if row.tool == "perito"]
    return int(any(score is None or score.missed or score.misplaced or score.decoys for score in own))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="S,M,L", help=f"of {', '.join(grow.SIZES)}; with an e behind it, encrypted")
    parser.add_argument("--runs", type=int, default=1, help="of each, in turn")
    parser.add_argument("--indicators", default="8000,100000")
    parser.add_argument("--tools", default="all", help="all, perito or mvt")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", action="store_true", help="keep what the tools wrote, under bench/out/runs")
    return parser.parse_args()


def _say(text: str, quiet: bool) -> None:
    if not quiet:
        print(text, flush=True)


def _rows(sizes: list[str], counts: list[int], present: list[Tool], asked: argparse.Namespace) -> Iterator[Row]:
    for size in sizes:
        truth = grow.backup(OUT / size, size)
        for run in range(1, asked.runs + 1):
            for count in counts:
                feed = grow.indicators(OUT, count)
                for tool in present:
                    if tool.name == "perito" or count == counts[0]:
                        yield _run(tool, (size, run, count), feed, truth, asked.keep)


def _run(tool: Tool, what: tuple[str, int, int], feed: Path, truth: list[grow.Truth], keep: bool) -> Row:
    size, run, count = what
    out = OUT / "runs" / f"{tool.name.split()[0]}-{size}-{count}-{run}"
    log = out.with_suffix(".log")
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    password = OUT / "password" if size.endswith(grow.ENCRYPTED) else None
    if password:
        password.write_text(grow.PASSWORD, encoding="utf-8")
    job = tools.Job(OUT / size / "backup", feed, out, password)
    cost = measure.run(tool.command(job), log, tool.environment(OUT / "home"))
    score = tools.score(tool.claims(out), truth) if cost.exit_code in tool.good_exit else None
    row = Row(size, count, tool.name, run, cost, tools.weight(out) if out.exists() else 0, score)
    if not keep:
        shutil.rmtree(out, ignore_errors=True)
    return row


def _line(cells: tuple[Any, ...]) -> str:
    return "  ".join(f"{cell!s:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


def _shown(row: Row) -> str:
    cost = row.cost
    found = f"{row.score.found}/{row.score.planted}" if row.score else f"exit {cost.exit_code}"
    decoys = len(row.score.decoys) if row.score else "-"
    head = (row.size, row.indicators, row.tool, row.run, f"{cost.wall:.1f}", f"{cost.cpu:.1f}")
    sizes = (f"{cost.pss / 1e6:.0f}", f"{cost.rss / 1e6:.0f}", cost.processes, f"{row.written / 1e6:.0f}")
    return _line((*head, *sizes, found, decoys))


def _plain(row: Row) -> dict[str, Any]:
    return {**row._asdict(), "cost": row.cost._asdict(), "score": row.score._asdict() if row.score else None}


if __name__ == "__main__":
    sys.exit(main())
