"""Pages that Chrome visited, the files it downloaded, and the icons of sites, which may outlive a cleared history.

History and Favicons as Chromium writes them on every system; times are microseconds since 1601.
See https://source.chromium.org/chromium/chromium/src/+/main:components/history/core/browser/.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout, any_of
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
    layout = Layout(path)
    about = ("url", "title", "visit_count", "typed_count", "last_visit_time")
    v = layout.table(
        "visits", "url", "visit_time", "from_visit", "transition", "visit_duration", alias="v", key="id",
        later=("visit_duration",),
    )  # fmt: skip
    u, urls = layout.outer("urls", "u", "id", v["url"], *about)
    a = layout.beside("urls", *about, alias="u", key="id")
    alone = (
        f" UNION ALL SELECT 'urls ' || {a.key}, nullif({a['last_visit_time']}, 0), {a['url']}, {a['title']}, NULL,"
        f" NULL, {a['visit_count']}, {a['typed_count']}, NULL FROM urls AS u"
        f" WHERE {a.key} NOT IN (SELECT {v['url']} FROM visits AS v WHERE {v['url']} NOTNULL)"
    )
    return layout.query(
        f"SELECT 'visits ' || {v.key}, nullif({v['visit_time']}, 0), {u['url']}, {u['title']},"
        f" nullif({v['from_visit']}, 0), {v['transition']}, {u['visit_count']}, {u['typed_count']},"
        f" {v['visit_duration']} FROM visits AS v{urls}{alone if any_of(a) else ''}",
    )


@artifact(DOWNLOAD, *HISTORY, tables=(*HOLDS, "downloads"), optional=True)
def downloads(path: Path) -> Iterable[Row | Partly]:
    """Return one row a download."""
    layout = Layout(path)
    plain = ("target_path", "tab_url", "referrer", "mime_type", "received_bytes", "start_time", "end_time")
    d = layout.table("downloads", *plain, alias="d", key="id", maybe=("tab_url", "mime_type"))
    c = layout.beside("downloads_url_chains", "id", "url")
    grouped = (
        f"(SELECT {c['id']} AS id, group_concat({c['url']}, char(10)) AS urls FROM downloads_url_chains GROUP BY 1)"
    )
    chained = any_of(c)
    return layout.query(
        f"SELECT 'downloads ' || {d.key}, nullif({d['start_time']}, 0), nullif({d['end_time']}, 0), {d['target_path']},"
        f" nullif({d['tab_url']}, ''), nullif({d['referrer']}, ''), {'c.urls' if chained else 'NULL'},"
        f" {d['mime_type']}, {d['received_bytes']} FROM downloads AS d"
        f"{f' LEFT JOIN {grouped} AS c ON c.id = {d.key}' if chained else ''}",
    )


@artifact(
    ICON,
    "**/Library/Application Support/Google/Chrome/*/Favicons",
    tables=("icon_mapping", "favicons", "favicon_bitmaps"),
    optional=True,
)
def icons(path: Path) -> Iterable[Row | Partly]:
    """Return one row for each page and icon, and one for each icon that no page is left of."""
    layout = Layout(path)
    m = layout.beside("icon_mapping", "page_url", "icon_id", alias="m", key="id")
    f, icons_ = layout.outer("favicons", "f", "id", m["icon_id"], "url")
    a = layout.beside("favicons", "url", alias="f", key="id")
    b = layout.beside("favicon_bitmaps", "icon_id", "last_updated")
    dated = "NULL" not in b.values()
    latest = "(SELECT icon_id, max(last_updated) AS updated FROM favicon_bitmaps GROUP BY icon_id)"
    updated = "nullif(b.updated, 0)" if dated else "NULL"
    of_page = f" LEFT JOIN {latest} AS b ON b.icon_id = {m['icon_id']}" if dated else ""
    of_icon = f" LEFT JOIN {latest} AS b ON b.icon_id = {a.key}" if dated else ""
    mapped = ""
    if m["icon_id"] != "NULL":
        mapped = f" WHERE {a.key} NOT IN (SELECT icon_id FROM icon_mapping WHERE icon_id NOTNULL)"
    selects = [
        f"SELECT 'icon_mapping ' || {m.key}, {updated}, {m['page_url']}, {f['url']}"
        f" FROM icon_mapping AS m{icons_}{of_page}" if any_of(m) else "",
        f"SELECT 'favicons ' || {a.key}, {updated}, NULL, {a['url']} FROM favicons AS f{of_icon}{mapped}"
        if any_of(a) or (any_of(b) and layout.columns("favicons")) else "",
    ]  # fmt: skip
    return layout.union(selects, "icon_mapping")
