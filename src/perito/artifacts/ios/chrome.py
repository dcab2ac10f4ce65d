"""Pages that Chrome visited, the files it downloaded, and the icons of sites, which may outlive a cleared history.

History and Favicons as Chromium writes them on every system; times are microseconds since 1601.
See https://source.chromium.org/chromium/chromium/src/+/main:components/history/core/browser/.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import join, sqlite
from perito.artifacts.readers.damage import Partly
from perito.records import WEBKIT, Row, Schema, integer, message, path, text, url, when

VISIT = Schema(
    "ios.chrome_visit",
    visited=when("when the page was opened; missing where only the address is left", WEBKIT),
    url=url("address visited"),
    title=text("title of the page"),
    redirect_source=integer("number of the visit that led to this one (`visits N`)"),
    transition=integer("how the visit came about: Chromium's page transition, whose low byte is its core type"),
    visits=integer("how often this address was visited, as Chrome counts"),
    typed=integer("how often it was typed"),
    microseconds=integer("how long the page was open"),
)
DOWNLOAD = Schema(
    "ios.chrome_download",
    began=when("start of the download", WEBKIT),
    ended=when("end of the download", WEBKIT),
    path=path("where the file was put"),
    url=url("page from which it was downloaded"),
    referrer=url("page that linked to it"),
    chain=message("addresses the download was redirected through, one a line"),
    mime=text("media type, as announced"),
    bytes=integer("size received"),
)
ICON = Schema(
    "ios.chrome_icon",
    updated=when("when the icon was last fetched", WEBKIT),
    url=url("page that showed the icon"),
    icon_url=url("address of the icon"),
)
HISTORY = (
    "**/com.google.chrome.ios/Library/Application Support/Google/Chrome/*/History",
    "**/Library/Application Support/Google/Chrome/*/History",
)
HOLDS = ("meta", "urls", "visits")


@artifact(VISIT, *HISTORY, tables=HOLDS, optional=True)
def visits(path: Path) -> Iterable[Row | Partly]:
    """Return one row a visit, and one for each address that is left without one."""
    v = sqlite.present(path, "visits", "from_visit", "transition", "visit_duration", alias="v")
    u, urls = join.outer(path, "urls", "u", "u.id = v.url", "url", "title", "visit_count", "typed_count")
    alone = (
        f" UNION ALL SELECT 'urls ' || u.id, nullif(u.last_visit_time, 0), u.url, {u['title']}, NULL, NULL,"
        f" {u['visit_count']}, {u['typed_count']}, NULL FROM urls AS u"
        " WHERE u.id NOT IN (SELECT url FROM visits WHERE url NOTNULL)"
    )
    return sqlite.query(
        path,
        f"SELECT 'visits ' || v.id, nullif(v.visit_time, 0), {u['url']}, {u['title']}, nullif({v['from_visit']}, 0),"
        f" {v['transition']}, {u['visit_count']}, {u['typed_count']}, {v['visit_duration']}"
        f" FROM visits AS v{urls}{alone if urls else ''}",
    )


@artifact(DOWNLOAD, *HISTORY, tables=(*HOLDS, "downloads"), optional=True)
def downloads(path: Path) -> Iterable[Row | Partly]:
    """Return one row a download."""
    plain = ("target_path", "tab_url", "referrer", "mime_type", "received_bytes", "end_time")
    d = sqlite.present(path, "downloads", *plain, alias="d")
    grouped = "(SELECT id, group_concat(url, char(10)) AS urls FROM downloads_url_chains GROUP BY id)"
    chained = "downloads_url_chains" in sqlite.tables(path)
    return sqlite.query(
        path,
        f"SELECT 'downloads ' || d.id, nullif(d.start_time, 0), nullif({d['end_time']}, 0), {d['target_path']},"
        f" nullif({d['tab_url']}, ''), nullif({d['referrer']}, ''), {'c.urls' if chained else 'NULL'},"
        f" {d['mime_type']}, {d['received_bytes']} FROM downloads AS d"
        f"{f' LEFT JOIN {grouped} AS c ON c.id = d.id' if chained else ''}",
    )


@artifact(
    ICON,
    "**/Library/Application Support/Google/Chrome/*/Favicons",
    tables=("icon_mapping", "favicons", "favicon_bitmaps"),
    optional=True,
)
def icons(path: Path) -> Iterable[Row | Partly]:
    """Return one row for each page and icon, and one for each icon that no page is left of."""
    latest = "(SELECT icon_id, max(last_updated) AS updated FROM favicon_bitmaps GROUP BY icon_id)"
    joins = f"LEFT JOIN {latest} AS b ON b.icon_id = f.id"
    return sqlite.query(
        path,
        "SELECT 'icon_mapping ' || m.id, nullif(b.updated, 0), m.page_url, f.url FROM icon_mapping AS m"
        f" LEFT JOIN favicons AS f ON f.id = m.icon_id {joins}"
        f" UNION ALL SELECT 'favicons ' || f.id, nullif(b.updated, 0), NULL, f.url FROM favicons AS f {joins}"
        " WHERE f.id NOT IN (SELECT icon_id FROM icon_mapping WHERE icon_id NOTNULL)",
    )
