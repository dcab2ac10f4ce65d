"""Web addresses that stand in the bytes of a file which could not be read in full: not in which record, nor when.

Read only where another artifact of the same file was damaged, encrypted or not understood. An address that a record of
the same file holds is left out, also where it goes on: texts of a database stand close together, and an address may
end in the first letters of what was written behind it. What was deleted may be among them.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import stray
from perito.artifacts.readers.damage import Partly
from perito.records import Row, Schema, url

STRAY = Schema("ios.stray_link", url=url("the address, as far as its bytes go on"))


@artifact(STRAY, leftover=True, optional=True)
def addresses(path: Path) -> Iterable[Row | Partly]:
    """Return one row for each different address in the file's bytes."""
    return stray.addresses(path)
