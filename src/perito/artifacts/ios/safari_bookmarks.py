"""Pages that the owner kept in Safari: bookmarks, favourites and the reading list.

Bookmarks.db of iOS; a row is a page or a folder. Documented by https://github.com/abrignoni/iLEAPP; times are those of
the property list in a row's `extra_attributes`, which the reading list keeps.
"""

from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist, values
from perito.artifacts.readers.damage import Damaged, Partly
from perito.artifacts.readers.layout import Layout
from perito.base.text import excerpt
from perito.records import Row, Schema, integer, message, text, url, when

BOOKMARK = Schema(
    "ios.safari_bookmark",
    added=when("when it was put on the reading list"),
    viewed=when("when it was last read from there"),
    url=url("address of the page; missing for a folder"),
    title=text("title of the page or name of the folder"),
    folder=text("name of the folder it lies in"),
    hidden=integer("1 when it is not shown"),
    deleted=integer("1 when it was deleted and is still to be synchronised"),
    text=message("its further attributes, such as the preview that the reading list shows, as JSON"),
)
NAMES = ("url", "title", "hidden", "deleted")
MORE = "extra_attributes"


@artifact(BOOKMARK, "**/Library/Safari/Bookmarks.db", optional=True)
def bookmarks(path: Path) -> Iterator[Row | Partly]:
    """Yield a page or folder in each row; attributes that cannot be read are told."""
    layout = Layout(path)
    b = layout.table("bookmarks", *NAMES, MORE, "parent", alias="b", key="id", later=(MORE,))
    f, folders = layout.outer("bookmarks", "f", "id", b["parent"], "title")
    shown = ", ".join((b["url"], b["title"], f["title"], b["hidden"], b["deleted"], b[MORE]))
    for row in layout.query(f"SELECT 'bookmarks ' || {b.key}, {shown} FROM bookmarks AS b{folders} ORDER BY {b.key}"):
        if isinstance(row, Partly):
            yield row
            continue
        ref, *told, raw = row
        attributes: object = None
        try:
            attributes = None if raw is None else plist.loads(raw if isinstance(raw, bytes) else str(raw).encode())
        except Damaged as error:
            yield Partly(str(ref), f"{MORE}: {error}", excerpt(raw))
        dates = {place.rpartition(".")[2]: value for place, value in plist.leaves(attributes)}
        yield ref, dates.get("DateAdded"), dates.get("DateLastViewed"), *told, values.written(attributes or None)
