"""Chrome and Firefox: history and favicons."""

import itertools
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from perito.base.times import WEBKIT_EPOCH_SECONDS
from perito.demo.phone import Icon, Phone, Visit
from perito.demo.tables import Part, Version, database, fill, guid

CHROME = "AppDomain-com.google.chrome.ios", "Library/Application Support/Google/Chrome/Default/"
FIREFOX = "AppDomainGroup-group.org.mozilla.ios.Firefox", "profile.profile/browser.db"
CHROME_HISTORY = """
CREATE TABLE meta (key LONGVARCHAR NOT NULL UNIQUE PRIMARY KEY, value LONGVARCHAR);
CREATE TABLE urls (id INTEGER PRIMARY KEY AUTOINCREMENT, url LONGVARCHAR, title LONGVARCHAR,
    visit_count INTEGER DEFAULT 0 NOT NULL, typed_count INTEGER DEFAULT 0 NOT NULL, last_visit_time INTEGER NOT NULL,
    hidden INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE visits (id INTEGER PRIMARY KEY, url INTEGER NOT NULL, visit_time INTEGER NOT NULL, from_visit INTEGER,
    transition INTEGER DEFAULT 0 NOT NULL, segment_id INTEGER, visit_duration INTEGER DEFAULT 0 NOT NULL,
    incremented_omnibox_typed_score BOOLEAN DEFAULT FALSE NOT NULL);
"""
CHROME_ICONS = """
CREATE TABLE favicons (id INTEGER PRIMARY KEY, url LONGVARCHAR NOT NULL, icon_type INTEGER DEFAULT 1);
CREATE TABLE favicon_bitmaps (id INTEGER PRIMARY KEY, icon_id INTEGER NOT NULL, last_updated INTEGER DEFAULT 0,
    image_data BLOB, width INTEGER DEFAULT 0, height INTEGER DEFAULT 0, last_requested INTEGER DEFAULT 0);
CREATE TABLE icon_mapping (id INTEGER PRIMARY KEY, page_url LONGVARCHAR NOT NULL, icon_id INTEGER);
"""
FIREFOX_STORE = """
CREATE TABLE domains (id INTEGER PRIMARY KEY AUTOINCREMENT, domain TEXT NOT NULL UNIQUE,
    showOnTopSites TINYINT NOT NULL DEFAULT 1);
CREATE TABLE history (id INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT NOT NULL UNIQUE, url TEXT UNIQUE,
    title TEXT NOT NULL, server_modified INTEGER, local_modified INTEGER, is_deleted TINYINT NOT NULL,
    should_upload TINYINT NOT NULL, domain_id INTEGER);
CREATE TABLE visits (id INTEGER PRIMARY KEY AUTOINCREMENT, siteID INTEGER NOT NULL, date REAL NOT NULL,
    type INTEGER NOT NULL, is_local TINYINT NOT NULL, UNIQUE (siteID, date, type));
CREATE TABLE favicons (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, width INTEGER, height INTEGER,
    type INTEGER NOT NULL, date REAL NOT NULL);
CREATE TABLE favicon_sites (id INTEGER PRIMARY KEY AUTOINCREMENT, siteID INTEGER NOT NULL, faviconID INTEGER NOT NULL,
    UNIQUE (siteID, faviconID));
"""


def parts(phone: Phone, _ios: Version) -> Iterator[Part]:
    """Give the databases of each browser that was used."""
    domain, folder = CHROME
    if phone.chrome:
        yield Part(domain, folder + "History", partial(write_chrome, rows=phone.chrome))
    if phone.chrome_icons:
        yield Part(domain, folder + "Favicons", partial(write_chrome_icons, rows=phone.chrome_icons))
    if phone.firefox or phone.firefox_icons:
        yield Part(*FIREFOX, partial(write_firefox, rows=phone.firefox, icons=phone.firefox_icons))


def webkit(when: float) -> int:
    """Return microseconds since 1601, Chrome's clock."""
    return round((when - WEBKIT_EPOCH_SECONDS) * 1_000_000)


def write_chrome(path: Path, rows: Iterable[Visit]) -> None:
    """Write Chrome's History; the n-th visit is visits n, addresses are numbered as they come."""
    pages: dict[str, list[Any]] = {}

    def visit(key: int, row: Visit) -> tuple[Any, ...]:
        page = pages.setdefault(row.url, [len(pages) + 1, row.url, row.title, 0, 0, 0])
        page[3] += 1
        page[5] = webkit(row.when)
        return key, page[0], page[5], row.source or 0, 805306368, 0

    with database(path, CHROME_HISTORY) as history:
        columns = "id, url, visit_time, from_visit, transition, visit_duration"
        fill(history, "visits", columns, map(visit, itertools.count(1), rows))
        fill(history, "urls", "id, url, title, visit_count, typed_count, last_visit_time", pages.values())


def write_chrome_icons(path: Path, rows: Iterable[Icon]) -> None:
    """Write Chrome's Favicons; the n-th icon is favicons n, favicon_bitmaps n and icon_mapping n."""
    icons = list(enumerate(rows, 1))
    with database(path, CHROME_ICONS) as store:
        fill(store, "favicons", "id, url, icon_type", ((key, row.url, 1) for key, row in icons))
        bitmaps = ((key, key, webkit(row.when), b"", 16, 16) for key, row in icons)
        fill(store, "favicon_bitmaps", "id, icon_id, last_updated, image_data, width, height", bitmaps)
        fill(store, "icon_mapping", "id, page_url, icon_id", ((key, row.page, key) for key, row in icons))


def write_firefox(path: Path, rows: Iterable[Visit], icons: Iterable[Icon] = ()) -> None:
    """Write Firefox's browser.db; the n-th visit is visits n, the n-th icon favicons n; dates in microseconds."""
    sites: dict[str, tuple[Any, ...]] = {}

    def site(url: str, title: str) -> int:
        host = urlsplit(url).hostname or ""
        row = sites.setdefault(url, (len(sites) + 1, guid(len(sites) + 1, 13)[:12], url, title, 0, 1, host))
        return int(row[0])

    def visit(key: int, row: Visit) -> tuple[Any, ...]:
        return key, site(row.url, row.title), row.when * 1e6, 1, 1

    with database(path, FIREFOX_STORE) as store:
        fill(store, "visits", "id, siteID, date, type, is_local", map(visit, itertools.count(1), rows))
        kept = [(key, row.url, 1, row.when * 1e6, site(row.page, "")) for key, row in enumerate(icons, 1)]
        fill(store, "favicons", "id, url, type, date", (row[:4] for row in kept))
        fill(store, "favicon_sites", "siteID, faviconID", ((row[4], row[0]) for row in kept))
        hosts = {host: key for key, host in enumerate(dict.fromkeys(row[6] for row in sites.values()), 1)}
        fill(store, "domains", "domain, id", hosts.items())
        pages = ((*row[:6], hosts[row[6]]) for row in sites.values())
        fill(store, "history", "id, guid, url, title, is_deleted, should_upload, domain_id", pages)
