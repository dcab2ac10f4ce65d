"""Pages open in Safari on the owner's other devices, and pages that those were asked to close.

CloudTabs.db, which iCloud keeps alike on all devices: an address here was not necessarily opened on this one. Clock:
seconds since 2001. Columns of two versions as recorded at https://github.com/abrignoni/DLEAPP.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout, any_of
from perito.records import MAC_ABSOLUTE, Row, Schema, integer, text, url, when

CLOUD_TAB = Schema(
    "ios.safari_cloud_tab",
    viewed=when("when the tab was last in front on its device; missing in versions that do not keep it", MAC_ABSOLUTE),
    modified=when("when that device last told of its tabs", MAC_ABSOLUTE),
    url=url("address of the page"),
    title=text("title of the page"),
    device=text("name of the device"),
    device_type=text("kind of the device"),
    pinned=integer("1 when the tab was pinned"),
    closing=integer("1 when the device was asked to close it"),
)


@artifact(
    CLOUD_TAB, "**/Library/Safari/CloudTabs.db", "**/Library/Safari/Profiles/*/CloudTabs.db",
    tables=("cloud_tabs", "cloud_tab_devices"), optional=True,
)  # fmt: skip
def cloud_tabs(path: Path) -> Iterable[Row | Partly]:
    """Return one row a tab, then one for each request to close one."""
    layout = Layout(path)
    about = ("last_modified", "device_name", "device_type_identifier")
    later = ("device_type_identifier",)
    shown = ("url", "title", "is_pinned", "last_viewed_time", "device_uuid")
    t = layout.beside("cloud_tabs", *shown, alias="t", later=("last_viewed_time",))
    d, devices = layout.outer("cloud_tab_devices", "d", "device_uuid", t["device_uuid"], *about, later=later)
    r = layout.beside("cloud_tab_close_requests", "url", "destination_device_uuid", alias="r", new=True)
    o, others = layout.outer("cloud_tab_devices", "d", "device_uuid", r["destination_device_uuid"], *about, later=later)
    tabs = (
        f"SELECT 'cloud_tabs ' || {t.key}, nullif({t['last_viewed_time']}, 0), {d['last_modified']}, {t['url']},"
        f" {t['title']}, {d['device_name']}, {d['device_type_identifier']}, {t['is_pinned']}, 0"
        f" FROM cloud_tabs AS t{devices}"
    )
    requests = (
        f"SELECT 'cloud_tab_close_requests ' || {r.key}, NULL, {o['last_modified']}, {r['url']}, NULL,"
        f" {o['device_name']}, {o['device_type_identifier']}, NULL, 1 FROM cloud_tab_close_requests AS r{others}"
    )
    return layout.union([tabs if any_of(t) else "", requests if any_of(r) else ""], "cloud_tabs")
