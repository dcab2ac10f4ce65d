"""Safari: the history, with its redirects, of each profile, and the open tabs."""

import itertools
import plistlib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from perito.demo.phone import Phone, Tab, Visit
from perito.demo.tables import Part, Version, database, fill, guid, mac

HISTORY = """
CREATE TABLE history_items (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, domain_expansion TEXT NULL,
    visit_count INTEGER NOT NULL, daily_visit_counts BLOB NOT NULL, weekly_visit_counts BLOB NULL,
    autocomplete_triggers BLOB NULL, should_recompute_derived_visit_counts INTEGER NOT NULL,
    visit_count_score INTEGER NOT NULL, status_code INTEGER NOT NULL DEFAULT 0);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY AUTOINCREMENT,
    history_item INTEGER NOT NULL REFERENCES history_items(id) ON DELETE CASCADE, visit_time REAL NOT NULL,
    title TEXT NULL, load_successful BOOLEAN NOT NULL DEFAULT 1, http_non_get BOOLEAN NOT NULL DEFAULT 0,
    synthesized BOOLEAN NOT NULL DEFAULT 0,
    redirect_source INTEGER NULL UNIQUE REFERENCES history_visits(id) ON DELETE CASCADE,
    redirect_destination INTEGER NULL UNIQUE REFERENCES history_visits(id) ON DELETE CASCADE,
    origin INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL DEFAULT 0, attributes INTEGER NOT NULL DEFAULT 0,
    score INTEGER NOT NULL DEFAULT 0);
CREATE TABLE history_tombstones (id INTEGER PRIMARY KEY AUTOINCREMENT, start_time REAL NOT NULL, end_time REAL NOT NULL,
    url TEXT, generation INTEGER NOT NULL DEFAULT 0);
CREATE TABLE metadata (key TEXT NOT NULL UNIQUE, value);
"""
TABS = """
CREATE TABLE browser_windows (id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL, type INTEGER DEFAULT 0,
    active_document_index INTEGER DEFAULT 0, scene_id TEXT);
CREATE TABLE tabs (id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, title TEXT,
    url TEXT COLLATE NOCASE, user_visible_url TEXT COLLATE NOCASE, order_index INTEGER NOT NULL,
    last_viewed_time REAL DEFAULT NULL, readinglist_bookmark_id INTEGER DEFAULT 0, opened_from_link BOOL DEFAULT 0,
    private_browsing BOOL DEFAULT 0, browser_window_uuid TEXT NOT NULL, browser_window_id INTEGER NOT NULL);
CREATE TABLE tab_sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, tab_uuid TEXT NOT NULL UNIQUE,
    session_data BLOB DEFAULT NULL, uncompressed_session_data_size INTEGER NOT NULL DEFAULT 0);
"""
INDEXES = """
UPDATE history_visits SET redirect_destination =
    (SELECT later.id FROM history_visits later WHERE later.redirect_source = history_visits.id)
    WHERE id IN (SELECT redirect_source FROM history_visits WHERE redirect_source NOTNULL);
CREATE INDEX history_items__domain_expansion ON history_items (domain_expansion);
CREATE INDEX history_visits__last_visit ON history_visits (history_item, visit_time DESC, synthesized ASC);
CREATE INDEX history_visits__origin ON history_visits (origin, generation);
"""
VISIT = "id, history_item, visit_time, title, redirect_source"
ITEM = """id, url, domain_expansion, visit_count, daily_visit_counts, should_recompute_derived_visit_counts,
    visit_count_score"""


def parts(phone: Phone, _ios: Version) -> Iterator[Part]:
    """Give the history and the open tabs, and the history of each further profile (by its UUID)."""
    if phone.visits:
        yield Part("HomeDomain", "Library/Safari/History.db", partial(write_history, rows=phone.visits))
    for profile, rows in phone.safari_profiles.items():
        place = f"Library/Safari/Profiles/{profile}/History.db"
        yield Part("AppDomain-com.apple.mobilesafari", place, partial(write_history, rows=rows))
    if phone.tabs:
        yield Part("HomeDomain", "Library/Safari/BrowserState.db", partial(write_tabs, rows=phone.tabs))


def write_history(path: Path, rows: Iterable[Visit]) -> None:
    """Write History.db; the n-th visit is history_visits n, addresses are numbered in the order first seen."""
    items: dict[str, int] = {}
    counts: Counter[int] = Counter()

    def visit(number: int, row: Visit) -> tuple[Any, ...]:
        item = items.setdefault(row.url, len(items) + 1)
        counts[item] += 1
        return number, item, mac(row.when), row.title, row.source

    with database(path, HISTORY) as history:
        fill(history, "history_visits", VISIT, map(visit, itertools.count(1), rows))
        addresses = ((key, url, _site(url), counts[key], b"\x64\0\0\0", 0, 100) for url, key in items.items())
        fill(history, "history_items", ITEM, addresses)
        history.executescript(INDEXES)


def _site(url: str) -> str | None:
    """Return the name that Safari completes on: `example` of `https://www.example.org/`."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    return host.removeprefix("www.").rpartition(".")[0] or None


def write_tabs(path: Path, rows: Iterable[Tab]) -> None:
    """Write BrowserState.db; the n-th tab is tabs n and tab_sessions n."""
    kept = list(enumerate(rows, 1))
    window = guid(1, 15)
    with database(path, TABS) as state:
        fill(state, "browser_windows", "uuid, active_document_index", [(window, 0)])
        columns = """id, uuid, title, url, user_visible_url, order_index, last_viewed_time, private_browsing,
            browser_window_uuid, browser_window_id"""
        lines = (
            (key, guid(key, 16), row.title, row.url, row.url, key - 1, mac(row.when), int(row.private), window, 1)
            for key, row in kept
        )
        fill(state, "tabs", columns, lines)
        sessions = ((key, guid(key, 16), data, len(data)) for key, row in kept for data in [_session(row)])
        fill(state, "tab_sessions", "id, tab_uuid, session_data, uncompressed_session_data_size", sessions)


def _session(row: Tab) -> bytes:
    entries = [
        {"SessionHistoryEntryOriginalURL": url, "SessionHistoryEntryURL": url, "SessionHistoryEntryTitle": row.title}
        for url in (*row.back, row.url)
    ]
    history = {
        "SessionHistoryVersion": 1,
        "SessionHistoryCurrentIndex": len(entries) - 1,
        "SessionHistoryEntries": entries,
    }
    archive = plistlib.dumps({"SessionHistory": history, "RenderTreeSize": 1}, fmt=plistlib.FMT_BINARY)
    return b"\0\0\0\2" + archive  # a version of four bytes, then the list
