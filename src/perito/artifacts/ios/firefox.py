"""Pages that Firefox visited, and the icons of sites, which may outlive a cleared history.

browser.db, and since 2022 places.db, which counts milliseconds where browser.db and Firefox on a computer count
microseconds since 1970. See https://github.com/mozilla/application-services/tree/main/components/places.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import join, sqlite
from perito.artifacts.readers.damage import Partly
from perito.records import UNIX_MICROSECONDS, Row, Schema, integer, text, url, when

VISIT = Schema(
    "ios.firefox_visit",
    visited=when("when the page was opened; missing where only the address is left", UNIX_MICROSECONDS),
    url=url("address visited"),
    title=text("title of the page"),
    transition=integer("how the visit came about: 1 link, 2 typed, 5 and 6 redirects, and so on"),
    redirect_source=integer("number of the visit that led to this one"),
    local=integer("1 visited on this device, 0 brought by Sync from another one"),
)
PLACE = Schema("ios.firefox_place", **VISIT.fields)
ICON = Schema(
    "ios.firefox_icon",
    updated=when("when the icon was fetched", UNIX_MICROSECONDS),
    url=url("page that showed the icon"),
    icon_url=url("address of the icon"),
)


@artifact(VISIT, "**/profile.profile/browser.db", tables=("history", "visits", "domains"), optional=True)
def visits(path: Path) -> Iterable[Row | Partly]:
    """Return one row a visit in browser.db, and one for each address that is left without one."""
    v = sqlite.present(path, "visits", "type", "is_local", alias="v")
    h, items = join.outer(path, "history", "h", "h.id = v.siteID", "url", "title")
    alone = (
        " UNION ALL SELECT 'history ' || h.id, NULL, h.url, h.title, NULL, NULL, NULL FROM history AS h"
        " WHERE h.id NOT IN (SELECT siteID FROM visits WHERE siteID NOTNULL)"
    )
    return sqlite.query(
        path,
        f"SELECT 'visits ' || v.id, v.date, {h['url']}, {h['title']}, {v['type']}, NULL, {v['is_local']}"
        f" FROM visits AS v{items}{alone if items else ''}",
    )


@artifact(
    PLACE,
    "**/profile.profile/places.db",
    "**/places.sqlite",
    tables=("moz_places", "moz_historyvisits"),
    optional=True,
)
def places(path: Path) -> Iterable[Row | Partly]:
    """Return one row a visit in places.db, and one for each address that is left without one."""
    v = sqlite.present(path, "moz_historyvisits", "visit_type", "from_visit", "is_local", alias="v")
    p, items = join.outer(path, "moz_places", "p", "p.id = v.place_id", "url", "title")
    phone = "visit_count_local" in sqlite.columns(path, "moz_places")
    date = "CASE WHEN typeof(v.visit_date) = 'integer' THEN v.visit_date * 1000 ELSE v.visit_date END"
    alone = (
        " UNION ALL SELECT 'moz_places ' || p.id, NULL, p.url, p.title, NULL, NULL, NULL FROM moz_places AS p"
        " WHERE p.id NOT IN (SELECT place_id FROM moz_historyvisits WHERE place_id NOTNULL)"
    )
    return sqlite.query(
        path,
        f"SELECT 'moz_historyvisits ' || v.id, {date if phone else 'v.visit_date'}, {p['url']}, {p['title']},"
        f" {v['visit_type']}, nullif({v['from_visit']}, 0), {v['is_local']}"
        f" FROM moz_historyvisits AS v{items}{alone if items else ''}",
    )


@artifact(ICON, "**/profile.profile/browser.db", tables=("favicons", "favicon_sites", "history"), optional=True)
def icons(path: Path) -> Iterable[Row | Partly]:
    """Return one row for each icon and page that showed it."""
    s, sites = join.outer(path, "favicon_sites", "s", "s.faviconID = f.id", "siteID")
    h, pages = join.outer(path, "history", "h", f"h.id = {s['siteID']}", "url")
    return sqlite.query(path, f"SELECT 'favicons ' || f.id, f.date, {h['url']}, f.url FROM favicons AS f{sites}{pages}")
