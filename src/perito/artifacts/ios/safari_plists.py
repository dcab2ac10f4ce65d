"""Pages open in Safari's tabs up to iOS 9, and visited up to iOS 7, which were kept in property lists.

SuspendState.plist and History.plist, the latter also of older Macs. A backup of 2016 has the first. Documented by
iPBA (https://github.com/PicciMario/iPhone-Backup-Analyzer-2) and plaso (https://github.com/log2timeline/plaso).
"""

from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist, safari_session, values
from perito.artifacts.readers.damage import Damaged, Partly
from perito.artifacts.readers.json_items import as_list
from perito.base.text import excerpt
from perito.records import MAC_ABSOLUTE, Row, Schema, integer, message, text, url, when

TAB = Schema(
    "ios.safari_suspended_tab",
    viewed=when("when the tab was last in front; missing for pages it showed before", MAC_ABSOLUTE),
    url=url("address of the page"),
    shown_url=url("address that the user saw, or that the page was asked for by"),
    title=text("title of the page"),
    private=integer("1 when the tab was for private browsing"),
    from_link=integer("1 when a link opened the tab"),
)
VISIT = Schema(
    "ios.safari_listed_visit",
    visited=when("when the page was last opened", MAC_ABSOLUTE),
    url=url("address visited"),
    title=text("title of the page"),
    visits=integer("how often this address was visited, as Safari counts"),
    redirects=message("addresses that redirected to this one, one a line"),
)
DOCUMENT = "SafariStateDocument"


@artifact(TAB, "**/Library/Safari/SuspendState.plist", keys=("SafariStateDocuments",), optional=True)
def tabs(path: Path) -> Iterator[Row | Partly]:
    """Yield one row a tab, then the pages of its back and forward list, for open tabs and then for private ones."""
    state = plist.dictionary(path)
    for name in ("SafariStateDocuments", "SafariStatePrivateDocuments"):
        for number, one in enumerate(as_list(state.get(name))):
            ref = f"key {name}[{number}]"
            said = [
                plist.branch(one, f"{DOCUMENT}{key}") for key in ("LastViewedTime", "URL", "UserVisibleURL", "Title")
            ]
            private = (
                1 if "Private" in name else values.number(plist.branch(one, f"{DOCUMENT}UsesPrivateBrowsingStyle"))
            )
            from_link = values.number(plist.branch(one, f"{DOCUMENT}WasOpenedFromLink"))
            yield (ref, *said, private, from_link) if isinstance(one, dict) else Partly(ref, "not a tab", excerpt(one))
            yield from _pages(ref, one, private)


def _pages(ref: str, tab: object, private: object) -> Iterator[Row | Partly]:
    listed = plist.branch(tab, f"{DOCUMENT}BackForwardList", "entries")
    for number, entry in enumerate(as_list(listed)):
        place = f"{ref}.{DOCUMENT}BackForwardList.entries[{number}]"
        yield place, None, plist.branch(entry, ""), None, plist.branch(entry, "title"), private, None
    blob = plist.branch(tab, f"{DOCUMENT}SessionState")
    try:
        for place, address, asked, title in safari_session.entries(blob) if blob else ():
            yield f"{ref}.{DOCUMENT}SessionState.{place}", None, address, asked, title, private, None
    except Damaged as error:
        yield Partly(f"{ref}.{DOCUMENT}SessionState", str(error), excerpt(blob))


@artifact(VISIT, "**/Library/Safari/History.plist", keys=("WebHistoryDates", "WebHistoryFileVersion"), optional=True)
def visits(path: Path) -> Iterator[Row | Partly]:
    """Yield one row an address, the last visited first, as the file lists them."""
    for number, one in enumerate(as_list(plist.dictionary(path).get("WebHistoryDates"))):
        ref = f"key WebHistoryDates[{number}]"
        if not isinstance(one, dict):
            yield Partly(ref, "not a visit", excerpt(one))
            continue
        redirects = "\n".join(str(address) for address in as_list(one.get("redirectURLs"))) or None
        yield ref, _seconds(one.get("lastVisitedDate")), one.get(""), one.get("title"), one.get("visitCount"), redirects


def _seconds(written: object) -> object:
    """Return a number that is written as text as a number; anything else as it is, for the schema to tell."""
    try:
        return float(written) if isinstance(written, str) else written
    except ValueError:
        return written
