"""Programs that asked for the device's position, and when they last stopped.

A name stays here after its program is gone. Clock: seconds since 2001. Documented by
https://github.com/mvt-project/mvt.
"""

from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist
from perito.records import MAC_ABSOLUTE, Row, Schema, app_id, integer, process, text, when
from perito.records import path as file_path

CLIENT = Schema(
    "ios.location_client",
    stopped=when("when it last stopped to receive positions", MAC_ABSOLUTE),
    background_stopped=when("when it last stopped in the background", MAC_ABSOLUTE),
    news_stopped=when("when it last stopped to receive any news of places", MAC_ABSOLUTE),
    consumed=when("start of the period over which its use is counted", MAC_ABSOLUTE),
    visit_stopped=when("when it last stopped to hear of visits", MAC_ABSOLUTE),
    significant_stopped=when("when it last stopped to hear of significant changes", MAC_ABSOLUTE),
    passing_stopped=when("the same, of changes that are not kept", MAC_ABSOLUTE),
    fence_stopped=when("when it last stopped to watch an area", MAC_ABSOLUTE),
    beacon_stopped=when("when it last stopped to watch beacons", MAC_ABSOLUTE),
    client=text("key of the entry"),
    process=process("name in that key"),
    bundle=app_id("application"),
    path=file_path("executable"),
    bundle_path=file_path("folder of the application"),
    registered=file_path("path it registered with"),
    authorization=integer("what it may do, as the device numbers it"),
)
TIMES = (
    "LocationTimeStopped",
    "BackgroundLocationTimeStopped",
    "ReceivingLocationInformationTimeStopped",
    "ConsumptionPeriodBegin",
    "VisitTimeStopped",
    "SignificantTimeStopped",
    "NonPersistentSignificantTimeStopped",
    "FenceTimeStopped",
    "BeaconRegionTimeStopped",
)
PLACES = ("BundleId", "Executable", "BundlePath", "Registered", "Authorization")


@artifact(CLIENT, "**/locationd/clients.plist", looks=rb"(?s)\A(?:bplist|\s*<\?xml).*LocationTimeStopped")
def clients(path: Path) -> Iterator[Row]:
    """Yield a client in each row; a key that holds no dictionary is one of locationd's own, and has only its name."""
    for client, entry in plist.dictionary(path).items():
        times = [plist.branch(entry, key) for key in TIMES]
        bundle, *places = (plist.branch(entry, key) for key in PLACES)
        if isinstance(places[2], bool):
            places[2] = None  # some versions only say that it registered
        yield f"key {client}", *times, client, client.rstrip(":") if isinstance(entry, dict) else None, bundle, *places
