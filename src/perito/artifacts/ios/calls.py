"""Calls made and received, by telephone, FaceTime and other applications, and everybody who took part in them.

CallHistory.storedata since iOS 8 counts time since 2001; call_history.db before it since 1970, the lowest bit of its
`flags` says outgoing. A call with several others names them only in a table of its own. Documented by
https://github.com/mac4n6/APOLLO and https://github.com/abrignoni/iLEAPP; columns of iOS 6, 9, 10 and 11 in
https://github.com/richinfante/iphonebackuptools.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.core_data import relation
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
from perito.base.times import MAC_EPOCH_SECONDS
from perito.records import MAC_ABSOLUTE, Row, Schema, handle, integer, outgoing, real, text, when

CALL = Schema(
    "ios.call",
    began=when("start of the call, by the device's clock", MAC_ABSOLUTE),
    seconds=real("how long it lasted; 0 when not answered"),
    account=handle("the other party, as the device stored it"),
    title=text("name the device showed for the other party"),
    provider=text("bundle that carried the call, such as com.apple.FaceTime"),
    outgoing=outgoing("1 when this device called, 0 when it was called"),
    answered=integer("1 when it was answered"),
    call_type=integer("kind by number: 1 telephone, 8 FaceTime video, 16 FaceTime audio"),
    country=text("country code of the other party, as the device guessed it"),
    place=text("place name the device showed for the number"),
)
PARTY = Schema(
    "ios.call_party",
    began=when("start of the call, by the device's clock", MAC_ABSOLUTE),
    account=handle("another party, as it was dialled or announced"),
    normal=handle("the same in the form that the device compares"),
    provider=text("bundle that carried the call, such as com.apple.FaceTime"),
    outgoing=outgoing("1 when this device called, 0 when it was called"),
    call=text("its call: table and key"),
)
PLACES = ("**/Library/CallHistoryDB/CallHistory.storedata", "**/Library/CallHistoryDB/CallHistoryTemp.storedata")
SINCE_8 = ("ZDATE", "ZDURATION", "ZADDRESS", "ZNAME", "ZSERVICE_PROVIDER", "ZORIGINATED", "ZANSWERED", "ZCALLTYPE")


@artifact(CALL, *PLACES, "**/Library/CallHistory/call_history.db", version=2, tables=("ZCALLRECORD",))
def calls(path: Path) -> Iterable[Row | Partly]:
    """Return every call of whichever database this is."""
    layout = Layout(path)
    if not layout.columns("ZCALLRECORD") and layout.columns("call"):
        return _before_ios_8(layout)
    have = layout.table(
        "ZCALLRECORD", *SINCE_8, "ZISO_COUNTRY_CODE", "ZLOCATION", key="Z_PK", later=("ZSERVICE_PROVIDER",)
    )
    return layout.query(
        f"SELECT 'ZCALLRECORD ' || {have.key}, {', '.join(have.values())} FROM ZCALLRECORD ORDER BY {have.key}"
    )


@artifact(PARTY, *PLACES, tables=("ZCALLRECORD", "ZHANDLE"), optional=True)
def parties(path: Path) -> Iterable[Row | Partly]:
    """Return one row a party and call, and one for each party that no call is left of (iOS 13 and later)."""
    layout = Layout(path)
    h = layout.table("ZHANDLE", "ZVALUE", "ZNORMALIZEDVALUE", alias="h", key="Z_PK")
    link, call, party = relation(
        layout, "REMOTEPARTICIPANTHANDLES", "REMOTEPARTICIPANTCALLS", "REMOTEPARTICIPANTHANDLES"
    )
    number = f"l.{call}" if link else "NULL"
    own = f"'ZCALLRECORD ' || {number}"
    of_call = ("ZDATE", "ZSERVICE_PROVIDER", "ZORIGINATED")
    c, calls_ = layout.outer("ZCALLRECORD", "c", "Z_PK", number, *of_call)
    joined = f" LEFT JOIN {link} AS l ON l.{party} = {h.key}{calls_}" if link else ""
    return layout.query(
        f"SELECT 'ZHANDLE ' || {h.key}, {c['ZDATE']}, {', '.join(h.values())}, {c['ZSERVICE_PROVIDER']},"
        f" {c['ZORIGINATED']}, {own} FROM ZHANDLE AS h{joined} ORDER BY {h.key}, {number}"
    )


def _before_ios_8(layout: Layout) -> Iterator[Row | Partly]:
    names = ("date", "duration", "address", "name", "answered", "country_code", "flags")
    have = ", ".join(layout.table("call", *names, later=("answered",)).values())
    for row in layout.query(f"SELECT 'call ' || rowid, {have} FROM call ORDER BY rowid"):
        if isinstance(row, Partly):
            yield row
            continue
        ref, date, seconds, account, title, answered, country, flags = row
        began = date - MAC_EPOCH_SECONDS if isinstance(date, (int, float)) else date
        outgoing = flags & 1 if isinstance(flags, int) else flags
        yield ref, began, seconds, account, title, None, outgoing, answered, None, country, None
