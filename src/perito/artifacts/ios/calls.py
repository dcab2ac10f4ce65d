"""Calls made and received: the iOS call history database."""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import sqlite
from perito.records import MAC_ABSOLUTE, Row, Schema, handle, integer, real, text, when

CALL = Schema(
    "ios.call",
    began=when("start of the call, by the device's clock", MAC_ABSOLUTE),
    seconds=real("how long it lasted; 0 when not answered"),
    account=handle("the other party, as the device stored it"),
    provider=text("bundle that carried the call, such as com.apple.FaceTime"),
    outgoing=integer("1 when this device called, 0 when it was called"),
    country=text("country code of the other party, as the device guessed it"),
    place=text("place name the device showed for the number"),
)


@artifact(
    CALL,
    "**/Library/CallHistoryDB/CallHistory.storedata",
    "**/Library/CallHistoryDB/CallHistoryTemp.storedata",
    tables=("ZCALLRECORD",),
)
def calls(path: Path) -> Iterable[Row]:
    have = sqlite.present(path, "ZCALLRECORD", "ZORIGINATED", "ZISO_COUNTRY_CODE", "ZLOCATION", "ZSERVICE_PROVIDER")
    return sqlite.query(
        path,
        f"SELECT 'ZCALLRECORD ' || Z_PK, ZDATE, ZDURATION, ZADDRESS, {have['ZSERVICE_PROVIDER']},"
        f" {have['ZORIGINATED']}, {have['ZISO_COUNTRY_CODE']}, {have['ZLOCATION']} FROM ZCALLRECORD ORDER BY Z_PK",
    )
