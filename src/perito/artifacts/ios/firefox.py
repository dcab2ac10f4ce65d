"""Pages that Firefox visited, and the icons of sites, which may outlive a cleared history.

browser.db, and since 2022 places.db, which counts milliseconds where browser.db and Firefox on a computer count
microseconds since 1970. See https://github.com/mozilla/application-services/tree/main/components/places.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout, any_of
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
MILLISECONDS = 100_000_000_000_000
"""Below this a date counts milliseconds: as microseconds it would lie before 1974, when there was no web."""


@artifact(VISIT, "**/profile.profile/browser.db", tables=("history", "visits", "domains"), optional=True)
def visits(path: Path) -> Iterable[Row | Partly]:
    """Return one row a visit in browser.db, and one for each address that is left without one."""
    layout = Layout(path)
    v = layout.table("visits", "date", "type", "is_local", "siteID", alias="v", key="id")
    h, items = layout.outer("history", "h", "id", v["siteID"], "url", "title")
    return layout.query(
        f"SELECT 'visits ' || {v.key}, {v['date']}, {h['url']}, {h['title']}, {v['type']}, NULL, {v['is_local']}"
        f" FROM visits AS v{items}{_alone(layout, 'history', v['siteID'], 'visits')}",
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
    layout = Layout(path)
    names = ("visit_date", "visit_type", "from_visit", "place_id", "is_local")
    v = layout.table("moz_historyvisits", *names, alias="v", key="id", maybe=("is_local",))
    p, items = layout.outer("moz_places", "p", "id", v["place_id"], "url", "title")
    date = v["visit_date"]
    scaled = f"CASE WHEN typeof({date}) = 'integer' AND {date} < {MILLISECONDS} THEN {date} * 1000 ELSE {date} END"
    return layout.query(
        f"SELECT 'moz_historyvisits ' || {v.key}, {scaled}, {p['url']}, {p['title']},"
        f" {v['visit_type']}, nullif({v['from_visit']}, 0), {v['is_local']}"
        f" FROM moz_historyvisits AS v{items}{_alone(layout, 'moz_places', v['place_id'], 'moz_historyvisits')}",
    )


def _alone(layout: Layout, addresses: str, link: str, visits_: str) -> str:
    """Return the SELECT of addresses that no visit leads to."""
    a = layout.beside(addresses, "url", "title", alias="a", key="id")
    select = f" UNION ALL SELECT '{addresses} ' || {a.key}, NULL, {', '.join(a.values())}, NULL, NULL, NULL"
    visited = f"SELECT {link} FROM {visits_} AS v WHERE {link} NOTNULL"
    return f"{select} FROM {addresses} AS a WHERE {a.key} NOT IN ({visited})" if any_of(a) else ""


@artifact(ICON, "**/profile.profile/browser.db", tables=("favicons", "favicon_sites", "history"), optional=True)
def icons(path: Path) -> Iterable[Row | Partly]:
    """Return one row for each icon and page that showed it."""
    layout = Layout(path)
    f = layout.table("favicons", "date", "url", alias="f", key="id")
    s, sites = layout.outer("favicon_sites", "s", "faviconID", f.key, "siteID")
    h, pages = layout.outer("history", "h", "id", s["siteID"], "url")
    shown = f"{f['date']}, {h['url']}, {f['url']}"
    return layout.query(f"SELECT 'favicons ' || {f.key}, {shown} FROM favicons AS f{sites}{pages}")
