"""Pages open in Safari's tabs, also private ones, and the pages each tab showed before.

BrowserState.db of iOS 10 and later; SafariTabs.db of iOS 15 and later and of macOS holds tab groups. The time of a tab
is not that of its address: https://doubleblak.com/blogPost.php?k=browserstate shows that it may be hours older.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import join, plist, safari_session, sqlite
from perito.artifacts.readers.damage import Damaged, Partly
from perito.base.text import excerpt
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


@artifact(TAB, *PLACES, tables=("tabs", "browser_windows"))
def tabs(path: Path) -> Iterator[Row | Partly]:
    """Yield one row a tab, then one for each page in the list behind its back and forward buttons."""
    names = ("url", "user_visible_url", "title", "private_browsing", "opened_from_link")
    t = sqlite.present(path, "tabs", "last_viewed_time", *names, "session_data", alias="t")
    columns = ", ".join(t[one] for one in names)
    yield from sqlite.query(
        path, f"SELECT 'tabs ' || t.id, nullif({t['last_viewed_time']}, 0), NULL, {columns} FROM tabs AS t"
    )
    own = f"SELECT 'tabs ' || t.id, {t['session_data']}, {t['private_browsing']} FROM tabs AS t"
    s, joined = join.outer(path, "tabs", "t", "t.uuid = s.tab_uuid", "private_browsing")
    apart = f"SELECT 'tab_sessions ' || s.id, s.session_data, {s['private_browsing']} FROM tab_sessions AS s{joined}"
    if sqlite.columns(path, "tab_sessions") or t["session_data"] != "NULL":
        query = sqlite.query(path, apart if sqlite.columns(path, "tab_sessions") else own)
        yield from _each(query, lambda ref, row: _pages(ref, row[1], row[2]))


@artifact(GROUP_TAB, "**/SafariTabs.db", tables=("bookmarks", "windows"), optional=True)
def group_tabs(path: Path) -> Iterator[Row | Partly]:
    """Yield for each bookmark row itself (tabs, groups, profiles), then the pages that the tab showed."""
    names = ("url", "title", "date_closed", "extra_attributes", "local_attributes")
    b = sqlite.present(path, "bookmarks", *names, alias="b")
    private = "private_tab_group_id" in sqlite.columns(path, "windows")
    flag = "b.parent IN (SELECT private_tab_group_id FROM windows)" if private else "NULL"
    columns = ", ".join(b[one] for one in names)
    query = sqlite.query(path, f"SELECT 'bookmarks ' || b.id, {columns}, {flag} FROM bookmarks AS b")
    yield from _each(query, _group_tab)


def _each(query: sqlite.Query, read: Callable[[str, Row], Iterable[Row]]) -> Iterator[Row | Partly]:
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
