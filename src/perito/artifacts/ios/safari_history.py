"""Pages that Safari visited, by which visit each was redirected, and which spans of history were deleted.

History.db of iOS 8 and later and of macOS; each Safari profile has one of its own. A row of `history_items` without
visits (they were pruned) is kept too: it says that the address was known, not when. Documented at
https://github.com/mvt-project/mvt and https://github.com/ydkhatri/mac_apt.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout, any_of
from perito.records import MAC_ABSOLUTE, Row, Schema, integer, text, url, when

VISIT = Schema(
    "ios.safari_visit",
    visited=when("when the page was opened; missing where only the address is left", MAC_ABSOLUTE),
    url=url("address visited"),
    title=text("title of the page"),
    redirect_source=integer("number of the visit that redirected to this one (`history_visits N`)"),
    redirect_destination=integer("number of the visit that this one redirected to (`history_visits N`)"),
    visits=integer("how often this address was visited, as Safari counts"),
    loaded=integer("1 when the page loaded"),
    posted=integer("1 when the request was no GET: a form was sent"),
    synthesized=integer("1 when Safari made the visit up, to stand for the start of a redirect"),
    origin=integer("0 visited on this device, 1 brought by iCloud from another one"),
)
DELETION = Schema(
    "ios.safari_deletion",
    began=when("start of the span of time from which visits were deleted", MAC_ABSOLUTE),
    ended=when("end of that span", MAC_ABSOLUTE),
    url=url("address whose visits were deleted; missing when all of the span were"),
)
PLACES = ("**/Library/Safari/History.db", "**/Library/Safari/Profiles/*/History.db")
TABLES = ("history_items", "history_visits")


@artifact(VISIT, *PLACES, tables=TABLES)
def visits(path: Path) -> Iterable[Row | Partly]:
    """Return one row a visit, and one for each address that is left without one."""
    layout = Layout(path)
    flags = ("load_successful", "http_non_get", "synthesized", "origin")
    names = ("visit_time", "title", "redirect_source", "redirect_destination", *flags, "history_item")
    v = layout.beside("history_visits", *names, alias="v", key="id", later=("origin",))
    i, items = layout.outer("history_items", "i", "id", v["history_item"], "url", "visit_count")
    a = layout.beside("history_items", "url", "visit_count", alias="i", key="id")
    visited = f"SELECT {v['history_item']} FROM history_visits AS v WHERE {v['history_item']} NOTNULL"
    alone = (
        f"SELECT 'history_items ' || {a.key}, NULL, {a['url']}, NULL, NULL, NULL, {a['visit_count']}, NULL, NULL,"
        f" NULL, NULL FROM history_items AS i{f' WHERE {a.key} NOT IN ({visited})' if any_of(v) else ''}"
    )
    visits_ = (
        f"SELECT 'history_visits ' || {v.key}, {v['visit_time']}, {i['url']}, {v['title']}, {v['redirect_source']},"
        f" {v['redirect_destination']}, {i['visit_count']}, {', '.join(v[one] for one in flags)}"
        f" FROM history_visits AS v{items}"
    )
    return layout.union([visits_ if any_of(v) else "", alone if any_of(a) else ""], "history_visits")


@artifact(DELETION, *PLACES, tables=(*TABLES, "history_tombstones"), optional=True)
def deletions(path: Path) -> Iterable[Row | Partly]:
    """Return one row a deletion that Safari must still tell to other devices."""
    layout = Layout(path)
    t = layout.table("history_tombstones", "start_time", "end_time", "url", key="id", later=("url",))
    return layout.query(f"SELECT 'history_tombstones ' || {t.key}, {', '.join(t.values())} FROM history_tombstones")
