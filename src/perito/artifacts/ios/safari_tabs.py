"""Pages open in Safari's tabs, also private ones, and the pages each tab showed before.

BrowserState.db of iOS 10 and later; SafariTabs.db of iOS 15 and later and of macOS holds tab groups. The time of a tab
is not that of its address: https://doubleblak.com/blogPost.php?k=browserstate shows that it may be hours older. In
BrowserState.db it counts from 2001, from iOS 26 on from 1970 (https://github.com/abrignoni/iLEAPP/issues/1699).
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist, safari_session
from perito.artifacts.readers.damage import Damaged, Partly
from perito.artifacts.readers.layout import Layout, any_of
from perito.base.text import excerpt
from perito.base.times import MAC_EPOCH_SECONDS
from perito.records import MAC_ABSOLUTE, Row, Schema, integer, text, url, when

TAB = Schema(
    "ios.safari_tab",
    viewed=when("when the tab was last in front, as Safari noted it; missing for pages it showed before", MAC_ABSOLUTE),
    closed=when("when the tab was closed", MAC_ABSOLUTE),
    url=url("address of the page"),
    shown_url=url("address that the user saw, or that the page was asked for by"),
    title=text("title of the page"),
    private=integer("1 when the tab was for private browsing"),
    from_link=integer("1 when a link opened the tab"),
)
GROUP_TAB = Schema("ios.safari_group_tab", **TAB.fields)
PLACES = ("**/Library/Safari/BrowserState.db", "**/Library/Safari/Profiles/*/BrowserState.db")


@artifact(TAB, *PLACES, version=2, tables=("tabs", "browser_windows"))
def tabs(path: Path) -> Iterator[Row | Partly]:
    """Yield one row a tab, then one for each page in the list behind its back and forward buttons."""
    layout = Layout(path)
    names = ("url", "user_visible_url", "title", "private_browsing", "opened_from_link")
    apart = bool(layout.columns("tab_sessions"))  # at first the table of tabs held them itself
    more = () if apart else ("session_data",)
    t = layout.beside("tabs", "last_viewed_time", *names, *more, alias="t", key="id")
    blob = t.get("session_data", "NULL")
    s = layout.beside("tab_sessions", "session_data", "tab_uuid", alias="s", key="id", new=blob != "NULL")
    if not any_of(t) and not any_of(s):
        layout.table("tabs", *names)  # tells so
    columns = ", ".join(t[one] for one in names)
    if any_of(t):
        viewed = f"nullif({_since_2001(t['last_viewed_time'])}, 0)"
        yield from layout.query(f"SELECT 'tabs ' || {t.key}, {viewed}, NULL, {columns} FROM tabs AS t")
    sessions = f"SELECT 'tabs ' || {t.key}, {blob}, {t['private_browsing']} FROM tabs AS t"
    if apart:
        o, owners = layout.outer("tabs", "t", "uuid", s["tab_uuid"], "private_browsing")
        blobs = f"{s['session_data']}, {o['private_browsing']}"
        sessions = f"SELECT 'tab_sessions ' || {s.key}, {blobs} FROM tab_sessions AS s{owners}"
    yield from _each(layout.query(sessions), lambda ref, row: _pages(ref, row[1], row[2]))


@artifact(GROUP_TAB, "**/SafariTabs.db", tables=("bookmarks", "windows"), optional=True)
def group_tabs(path: Path) -> Iterator[Row | Partly]:
    """Yield for each bookmark row itself (tabs, groups, profiles), then the pages that the tab showed."""
    names = ("url", "title", "date_closed", "extra_attributes", "local_attributes")
    layout = Layout(path)
    b = layout.table("bookmarks", *names, "parent", alias="b", key="id", maybe=("local_attributes", "date_closed"))
    private = layout.beside("windows", "private_tab_group_id")["private_tab_group_id"]
    flag = f"{b['parent']} IN (SELECT {private} FROM windows)" if private != "NULL" else "NULL"
    columns = ", ".join(b[one] for one in names)
    query = layout.query(f"SELECT 'bookmarks ' || {b.key}, {columns}, {flag} FROM bookmarks AS b")
    yield from _each(query, _group_tab)


def _since_2001(time: str) -> str:
    """Return a time that counts from 1970 as one that counts from 2001: as the latter it would lie after 2032."""
    later = f"typeof({time}) IN ('integer', 'real') AND {time} > {MAC_EPOCH_SECONDS}"
    return f"CASE WHEN {later} THEN {time} - {MAC_EPOCH_SECONDS} ELSE {time} END"


def _each(query: Iterable[Row | Partly], read: Callable[[str, Row], Iterable[Row]]) -> Iterator[Row | Partly]:
    for row in query:
        if isinstance(row, Partly):
            yield row
            continue
        try:
            yield from read(str(row[0]), row)
        except Damaged as error:
            yield Partly(str(row[0]), str(error), excerpt(row[1:]))


def _group_tab(ref: str, row: Row) -> Iterator[Row]:
    _, address, title, closed, extra_raw, local_raw, private = row
    extra, extra_trouble = _attributes(extra_raw)
    local, local_trouble = _attributes(local_raw)
    viewed = plist.branch(local, "LastVisitTime") or plist.branch(extra, "DateLastViewed")
    closed = plist.branch(local, "DateClosed") if closed is None else closed
    link = plist.branch(local, "OpenedFromLink")
    from_link = int(link) if isinstance(link, bool) else link
    yield ref, viewed, closed, address, plist.branch(extra, "LocalURL"), title, private, from_link
    yield from _pages(f"{ref} local_attributes.SessionState", plist.branch(local, "SessionState"), private)
    if extra_trouble or local_trouble:
        raise Damaged(extra_trouble or local_trouble)


def _attributes(raw: object) -> tuple[object, str]:
    try:
        return None if raw is None else plist.loads(raw if isinstance(raw, bytes) else str(raw).encode()), ""
    except Damaged as error:
        return None, str(error)


def _pages(ref: str, blob: object, private: object) -> Iterator[Row]:
    for place, address, asked, title in safari_session.entries(blob) if blob is not None else ():
        yield f"{ref} {place}", None, None, address, asked, title, private, None
