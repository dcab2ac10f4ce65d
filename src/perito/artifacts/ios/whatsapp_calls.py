"""Calls made and received with WhatsApp, one row for each other party: a call alone can carry an attack.

CallHistory.sqlite; a call without a listed party has a row of its own. Documented by iLEAPP
(https://github.com/abrignoni/iLEAPP).
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
from perito.records import MAC_ABSOLUTE, Row, Schema, handle, integer, outgoing, real, text, when

CALL = Schema(
    "ios.whatsapp_call",
    began=when("start of the call, by the device's clock", MAC_ABSOLUTE),
    seconds=real("how long it lasted; 0 when not answered"),
    account=handle("a party of the call other than this device"),
    creator=handle("who started a group call"),
    chat=text("identifier of the group that was called"),
    outgoing=outgoing("1 when this device called, 0 when it was called"),
    video=integer("1 when it was a video call"),
    missed=integer("1 when it was missed"),
    outcome=integer("WhatsApp's number for how it ended"),
    received=integer("bytes received"),
    transmitted=integer("bytes sent"),
)


@artifact(CALL, "**/CallHistory.sqlite", tables=("ZWACDCALLEVENT",), optional=True)
def calls(path: Path) -> Iterable[Row | Partly]:
    """Return one row a party of a call, or one a call where no party is listed."""
    own = ("ZDURATION", "ZGROUPCALLCREATORUSERJIDSTRING", "ZGROUPJIDSTRING", "ZOUTCOME", "ZBYTESRECEIVED")
    layout = Layout(path)
    e = layout.table(
        "ZWACDCALLEVENT", "ZDATE", *own, "ZBYTESSENT", "Z1CALLEVENTS", alias="e", key="Z_PK",
        maybe=("ZGROUPCALLCREATORUSERJIDSTRING", "ZGROUPJIDSTRING"),
    )  # fmt: skip
    flags = ("ZINCOMING", "ZVIDEO", "ZMISSED")
    a, groups = layout.outer("ZWAAGGREGATECALLEVENT", "a", "Z_PK", e["Z1CALLEVENTS"], *flags)
    p, parties = layout.outer("ZWACDCALLEVENTPARTICIPANT", "p", "Z1PARTICIPANTS", e.key, "ZJIDSTRING")
    party = "'ZWACDCALLEVENTPARTICIPANT ' || p.rowid" if parties else "NULL"
    return layout.query(
        f"SELECT coalesce({party}, 'ZWACDCALLEVENT ' || {e.key}), {e['ZDATE']},"
        f" {e['ZDURATION']}, {p['ZJIDSTRING']}, {e['ZGROUPCALLCREATORUSERJIDSTRING']}, {e['ZGROUPJIDSTRING']},"
        f" CASE {a['ZINCOMING']} WHEN 0 THEN 1 WHEN 1 THEN 0 END, {a['ZVIDEO']}, {a['ZMISSED']}, {e['ZOUTCOME']},"
        f" {e['ZBYTESRECEIVED']}, {e['ZBYTESSENT']} FROM ZWACDCALLEVENT AS e{groups}{parties}",
    )
