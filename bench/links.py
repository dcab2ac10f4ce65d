"""How fast links are found in ordinary messages: `python -m bench.links [--texts 40000] [--runs 5]`.

The texts are those of the demo's invented people, one in five with a link, one in fifty defanged or bare. Links and texts
per second are those of the fastest run, by CPU time, so that a busy machine does not slow the figure. *column* is the way
of a whole run: the pattern for whole columns, then the texts that it lets through; *text* calls `links` on every text.
"""

import argparse
import time
from collections.abc import Callable
from random import Random

import pyarrow as pa

from perito.demo import words
from perito.demo.person import Life
from perito.records.links import links
from perito.records.observables import observables
from perito.records.schema import Schema, message

SCHEMA = Schema("bench.message", text=message("what was said"))
ODD = ("hxxps://elpregonero[.]example/nota/{}", "elpregonero.example/nota/{}", "archivo.elpregonero.example")
"""Dresses of one text in fifty, beside the plain links."""


def texts(count: int) -> list[str]:
    draw = Random(11)
    life = Life(11)
    made = []
    for number in range(count):
        said = life.say(draw.choice(words.ENGLISH if number % 5 == 0 else words.SPANISH))
        if number % 5 == 1:
            said = f"{said} {life.say(draw.choice(words.LINKS))}"
        if number % 50 == 2:
            said = f"{said} {draw.choice(ODD).format(number)}"
        made.append(said)
    return made


def fastest(runs: int, work: Callable[[], int]) -> tuple[float, int]:
    best, found = float("inf"), 0
    for _ in range(runs):
        began = time.process_time()
        found = work()
        best = min(best, time.process_time() - began)
    return best, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=40_000)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    said = texts(asked.texts)
    table = pa.table({"ref": [f"message {number}" for number in range(len(said))], "text": said})
    ways = {
        "text": lambda: sum(len(links(text)) for text in said),
        "column": lambda: len(observables(SCHEMA, table, "bench")),
    }
    print(f"{len(said)} texts, the fastest of {asked.runs} runs")
    for name, work in ways.items():
        seconds, found = fastest(asked.runs, work)
        print(
            f"{name:8} {seconds:.3f} s  {found} found  {found / seconds:,.0f} links/s  {len(said) / seconds:,.0f} texts/s"
        )


if __name__ == "__main__":
    main()
