"""Which files are asked once more for what no record of them holds, and what of it is new."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from perito.artifacts.declare import artifacts
from perito.records.observables import OBSERVABLES
from perito.records.store import passing


def leftover(artifact: str) -> str:
    """Return the artifact that reads what is left of a file of this one; empty where there is none, or it is that."""
    room = artifact.partition(".")[0]
    names = [one.name for one in artifacts().values() if one.leftover and one.name.startswith(f"{room}.")]
    return names[0] if names and names[0] != artifact else ""


class Known:
    """The web addresses that records of one file hold, as other workers stored them."""

    def __init__(self, parts: Iterable[str]) -> None:
        self._values: set[str] = set()
        for part in parts:
            for table in passing(Path(part), OBSERVABLES):
                urls = table.filter(pc.equal(table["kind"].cast(pa.string()), "url"))
                self._values.update(urls["value"].to_pylist())
        self._lengths = sorted({len(one) for one in self._values if one.count("/") > 2})

    def holds(self, value: str) -> bool:
        """Tell whether a record holds the address, or one with a path of which it is the continuation."""
        return value in self._values or any(value[:length] in self._values for length in self._lengths)

    def without(self, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """Yield what is left of tables with a column `url` when the known addresses are taken out."""
        for table in tables:
            yield table.filter(pa.array([not self.holds(one) for one in table["url"].to_pylist()], pa.bool_()))
