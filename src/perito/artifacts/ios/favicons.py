"""Icons of sites that Safari fetched; they may outlive a cleared history and private browsing.

Favicons.db of iOS 11 and later and of macOS. Documented by MVT.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout, any_of
from perito.records import MAC_ABSOLUTE, Row, Schema, integer, url, when

ICON = Schema(
    "ios.safari_icon",
    updated=when("when the icon was fetched, or refused", MAC_ABSOLUTE),
    url=url("page that showed the icon"),
    icon_url=url("address of the icon"),
    rejected=integer("1 when Safari refused the icon"),
)


@artifact(
    ICON,
    "**/Library/Image Cache/Favicons/Favicons.db",
    "**/Library/Safari/Favicon Cache/favicons.db",
    tables=("page_url", "icon_info"),
    optional=True,
)
def icons(path: Path) -> Iterable[Row | Partly]:
    """Return one row for each page and icon, then icons that no page is left of, then refused ones."""
    layout = Layout(path)
    p = layout.beside("page_url", "url", "uuid", alias="p")
    i, infos = layout.outer("icon_info", "i", "uuid", p["uuid"], "timestamp", "url")
    a = layout.beside("icon_info", "timestamp", "url", "uuid", alias="i")
    r = layout.beside("rejected_resources", "timestamp", "page_url", "icon_url", new=True)
    shown = ""
    if "NULL" not in {a["uuid"], p["uuid"]}:
        shown = f" WHERE {a['uuid']} IS NULL OR {a['uuid']} NOT IN (SELECT uuid FROM page_url WHERE uuid NOTNULL)"
    pages = f"SELECT 'page_url ' || {p.key}, {i['timestamp']}, {p['url']}, {i['url']}, 0 FROM page_url AS p{infos}"
    alone = f"SELECT 'icon_info ' || {a.key}, {a['timestamp']}, NULL, {a['url']}, 0 FROM icon_info AS i{shown}"
    refused = f"SELECT 'rejected_resources ' || {r.key}, {', '.join(r.values())}, 1 FROM rejected_resources"
    selects = ((p, pages), (a, alone), (r, refused))
    return layout.union([select for one, select in selects if any_of(one)], "page_url")
