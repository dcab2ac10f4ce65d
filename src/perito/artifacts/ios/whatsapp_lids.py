"""Which phone number stands behind an opaque identifier (LID) that WhatsApp uses in newer conversations."""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import sqlite
from perito.artifacts.readers.damage import Partly
from perito.records import MAC_ABSOLUTE, Row, Schema, phone, text, when

LID = Schema(
    "ios.whatsapp_lid",
    learned=when("when this device learned of the pair", MAC_ABSOLUTE),
    lid=text("opaque identifier, without `@lid`"),
    phone=phone("phone number, without the plus"),
)


@artifact(LID, "**/LID.sqlite", tables=("ZWAPHONENUMBERLIDPAIR",), optional=True)
def lids(path: Path) -> Iterable[Row | Partly]:
    """Return one row a pair."""
    have = sqlite.present(path, "ZWAPHONENUMBERLIDPAIR", "ZTIMESTAMP", "ZLID", "ZPHONENUMBER")
    return sqlite.query(
        path,
        f"SELECT 'ZWAPHONENUMBERLIDPAIR ' || Z_PK, {have['ZTIMESTAMP']}, {have['ZLID']}, {have['ZPHONENUMBER']}"
        " FROM ZWAPHONENUMBERLIDPAIR",
    )
