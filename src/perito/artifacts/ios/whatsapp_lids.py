"""Which phone number stands behind an opaque identifier (LID) that WhatsApp uses in newer conversations."""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
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
    layout = Layout(path)
    have = layout.table("ZWAPHONENUMBERLIDPAIR", "ZTIMESTAMP", "ZLID", "ZPHONENUMBER", key="Z_PK")
    return layout.query(
        f"SELECT 'ZWAPHONENUMBERLIDPAIR ' || {have.key}, {', '.join(have.values())} FROM ZWAPHONENUMBERLIDPAIR"
    )
