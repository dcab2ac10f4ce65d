"""One link found in a text."""

from typing import NamedTuple

from perito.records.normal import normal

VALUE_LIMIT = 2_000
"""Characters kept of a link as it was written."""
UNREAD = "unread"
"""The kind of a link that was followed no further: its normal form says why. It becomes a problem, never an observable."""


class Link(NamedTuple):
    """A link: its kind of observable, how it was written (cut at 2,000 characters), and its normal form."""

    kind: str
    value: str
    normal: str


def link(kind: str, address: str, written: str | None = None) -> Link | None:
    """Return the link, None where the address is not of its kind; `written` is how the text has it, if otherwise."""
    form = normal(kind, address)
    return None if form is None else Link(kind, (written or address)[:VALUE_LIMIT], form)


def unread(address: str, reason: str) -> Link:
    """Return the word for an address in which something may have stayed unread."""
    return Link(UNREAD, address[:VALUE_LIMIT], reason)
