"""Icons of sites that Safari fetched; they may outlive a cleared history and private browsing.

Favicons.db of iOS 11 and later and of macOS. Documented by MVT.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import join, sqlite
from perito.artifacts.readers.damage import Partly
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
    i, infos = join.outer(path, "icon_info", "i", "i.uuid = p.uuid", "timestamp", "url")
    alone = (
        f" UNION ALL SELECT 'icon_info ' || i.rowid, {i['timestamp']}, NULL, i.url, 0 FROM icon_info AS i"
        " WHERE i.uuid IS NULL OR i.uuid NOT IN (SELECT uuid FROM page_url WHERE uuid NOTNULL)"
    )
    refused = (
        " UNION ALL SELECT 'rejected_resources ' || rowid, timestamp, page_url, icon_url, 1 FROM rejected_resources"
    )
    return sqlite.query(
        path,
        f"SELECT 'page_url ' || p.rowid, {i['timestamp']}, p.url, {i['url']}, 0 FROM page_url AS p{infos}"
        f"{alone if infos else ''}{refused if 'rejected_resources' in sqlite.tables(path) else ''}",
    )
