"""Web addresses in the bytes of exported messages that could not be read in full: not in which message, nor when.

Read only where another artifact of the same file was damaged, cut short or not understood. An address that a record of
the same file holds is left out, also where it goes on. Who wrote it is not known: it may be the owner.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import stray
from perito.artifacts.readers.damage import Partly
from perito.records import Row, Schema, url

STRAY = Schema("messages.stray_link", url=url("the address, as far as its bytes go on"))


@artifact(STRAY, leftover=True, optional=True)
def addresses(path: Path) -> Iterable[Row | Partly]:
    """Return one row for each different address in the file's bytes."""
    return stray.addresses(path)
