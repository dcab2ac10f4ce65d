"""Processes that used the network, from when to when, and how much they sent and received.

DataUsage.sqlite (mobile data) and netusage.sqlite (all networks) are of one make. A row of live usage outlives the row
of its process, and gaps in the numbers of processes tell of rows that are gone. Documented by
https://github.com/mvt-project/mvt and https://github.com/log2timeline/plaso.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
from perito.records import MAC_ABSOLUTE, Row, Schema, app_id, domain, integer, process, real, text, when

PROCESS = Schema(
    "ios.data_usage_process",
    first_seen=when("first use of the network", MAC_ABSOLUTE),
    last_seen=when("last use of the network", MAC_ABSOLUTE),
    process=process("process; of long names 16 characters, or `bundle container/bundle`"),
    bundle=app_id("application it belongs to"),
    number=integer("number of the row: a gap tells of a row that was deleted"),
)
USAGE = Schema(
    "ios.data_usage",
    counted=when("last change of these counts", MAC_ABSOLUTE),
    first_seen=when("first use of the network by the process", MAC_ABSOLUTE),
    process=process("process; missing where its row is gone"),
    bundle=app_id("application it belongs to"),
    number=integer("number of the row"),
    process_number=integer("number of the process's row, be it there or not"),
    wifi_in=real("bytes received over Wi-Fi"),
    wifi_out=real("bytes sent over Wi-Fi"),
    mobile_in=real("bytes received over the mobile network"),
    mobile_out=real("bytes sent over the mobile network"),
    cycle_ended=when("end of the billing period", MAC_ABSOLUTE),
    kind=integer("kind of usage, as iOS numbers it"),
)
DOMAIN = Schema(
    "ios.data_usage_domain",
    last_seen=when("last contact", MAC_ABSOLUTE),
    first_seen=when("first contact", MAC_ABSOLUTE),
    domain=domain("host that an application contacted"),
    company=text("company that owns it, as iOS knows"),
    process=process("process; missing where its row is gone"),
    bundle=app_id("application it belongs to"),
    hits=integer("contacts counted"),
)
PLACES = ("**/Library/Databases/DataUsage.sqlite", "**/networkd/netusage.sqlite", "**/networkd/db/netusage.sqlite")
TABLES = ("ZPROCESS", "ZLIVEUSAGE")
MAYBE = ("ZWIFIIN", "ZWIFIOUT", "ZBILLCYCLEEND", "ZKIND")
"""Columns of live usage that some versions have and others have not."""


@artifact(PROCESS, *PLACES, tables=TABLES)
def processes(path: Path) -> Iterable[Row | Partly]:
    """Return every row of the table of processes."""
    layout = Layout(path)
    have = layout.table("ZPROCESS", "ZFIRSTTIMESTAMP", "ZTIMESTAMP", "ZPROCNAME", "ZBUNDLENAME", key="Z_PK")
    shown, key = ", ".join(have.values()), have.key
    return layout.query(f"SELECT 'ZPROCESS ' || {key}, {shown}, {key} FROM ZPROCESS ORDER BY {key}")


@artifact(USAGE, *PLACES, tables=TABLES)
def usage(path: Path) -> Iterable[Row | Partly]:
    """Return every row of live usage, with its process where that is there."""
    layout = Layout(path)
    names = ("ZTIMESTAMP", "ZHASPROCESS", "ZWIFIIN", "ZWIFIOUT", "ZWWANIN", "ZWWANOUT", "ZBILLCYCLEEND", "ZKIND")
    u = layout.table("ZLIVEUSAGE", *names, alias="u", key="Z_PK", maybe=MAYBE)
    counted, owner, *sizes = u.values()
    p, processes = layout.outer("ZPROCESS", "p", "Z_PK", owner, "ZFIRSTTIMESTAMP", "ZPROCNAME", "ZBUNDLENAME")
    return layout.query(
        f"SELECT 'ZLIVEUSAGE ' || {u.key}, {counted}, {', '.join(p.values())}, {u.key}, {owner},"
        f" {', '.join(sizes)} FROM ZLIVEUSAGE AS u{processes} ORDER BY {u.key}",
    )


@artifact(DOMAIN, *PLACES[1:], tables=(*TABLES, "ZAPPDOMAINUSAGE"))
def domains(path: Path) -> Iterable[Row | Partly]:
    """Return the hosts that applications contacted, which iOS 15 and later keep for the privacy report."""
    layout = Layout(path)
    if layout.columns("ZPROCESS") and not layout.columns("ZAPPDOMAINUSAGE"):
        return ()
    names = ("ZTIMESTAMP", "ZFIRSTTIMESTAMP", "ZDOMAIN", "ZDOMAINOWNER", "ZHITS", "ZHASAPP")
    d = layout.table("ZAPPDOMAINUSAGE", *names, alias="d", key="Z_PK")
    *shown, hits, owner = d.values()
    p, processes = layout.outer("ZPROCESS", "p", "Z_PK", owner, "ZPROCNAME", "ZBUNDLENAME")
    return layout.query(
        f"SELECT 'ZAPPDOMAINUSAGE ' || {d.key}, {', '.join(shown)}, {', '.join(p.values())}, {hits}"
        f" FROM ZAPPDOMAINUSAGE AS d{processes} ORDER BY {d.key}",
    )
