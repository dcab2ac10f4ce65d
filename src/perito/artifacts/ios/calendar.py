"""Entries of the calendar, and who was invited or invites: an invitation by a stranger can carry an exploit.

Calendar.sqlitedb. Times are seconds since 2001; those of all-day entries are in the device's own zone. Documented by
https://github.com/mvt-project/mvt.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Columns, Layout
from perito.records import MAC_ABSOLUTE, Row, Schema, email, integer, message, phone, text, url, when

ITEM = Schema(
    "ios.calendar_item",
    starts=when("when it starts", MAC_ABSOLUTE),
    ends=when("when it ends", MAC_ABSOLUTE),
    created=when("when it was entered on this device, as far as it says", MAC_ABSOLUTE),
    modified=when("last change", MAC_ABSOLUTE),
    summary=message("title"),
    description=message("notes"),
    location=message("place, as written"),
    url=url("address attached"),
    email=email("e-mail address of the organiser, also as `mailto:`"),
    phone=phone("telephone number of the organiser"),
    organiser=text("name of the organiser"),
    calendar=message("title of the calendar"),
    all_day=integer("1 when it lasts whole days"),
    status=integer("status, as the device numbers it"),
    invitation=integer("state of the invitation, as the device numbers it"),
    shared_id=text("identifier by which calendars exchange the entry"),
)
PARTICIPANT = Schema(
    "ios.calendar_participant",
    starts=when("start of the entry", MAC_ABSOLUTE),
    modified=when("last change of this participation", MAC_ABSOLUTE),
    email=email("e-mail address"),
    phone=phone("telephone number"),
    title=text("name shown"),
    comment=message("comment with the answer"),
    invited_by=text("who invited, where iOS tells"),
    item=integer("number of the entry (`CalendarItem N`)"),
    summary=message("title of the entry"),
    role=integer("role, as the device numbers it"),
    status=integer("answer, as the device numbers it"),
    is_self=integer("1 for the owner of the device"),
)
PLACES = ("**/Library/Calendar/Calendar.sqlitedb", "**/Library/Calendar/Calendar.sqlitedb.restore")
TABLES = ("CalendarItem", "Participant")
LATER = ("phone_number invited_by",)
"""Columns of a participant that came with iOS 10."""


@artifact(ITEM, *PLACES, tables=TABLES)
def items(path: Path) -> Iterable[Row | Partly]:
    """Return every entry, with or without an organiser."""
    layout = Layout(path)
    names = ("start_date", "end_date", "creation_date", "last_modified", "summary", "description", "url")
    more = ("all_day", "status", "invitation_status", "unique_identifier")
    links = ("location_id", "organizer_id", "calendar_id")
    i = layout.table("CalendarItem", *names, *more, *links, alias="i")
    at, places = layout.outer("Location", "l", "ROWID", i["location_id"], "title", "address")
    p, people = _party(layout, i["organizer_id"])
    n, identities = layout.outer("Identity", "n", "ROWID", p["identity_id"], "display_name", "address")
    c, calendars = layout.outer("Calendar", "c", "ROWID", i["calendar_id"], "title")
    title, address = at.values()
    place = f"CASE WHEN {address} IS NULL THEN {title} ELSE coalesce({title} || ', ', '') || {address} END"
    times = ", ".join(i[one] for one in names[:4])
    rest = ", ".join(i[one] for one in more)
    return layout.query(
        f"SELECT 'CalendarItem ' || {i.key}, {times}, {i['summary']}, {i['description']}, {place}, {i['url']},"
        f" coalesce({p['email']}, {n['address']}), {p['phone_number']}, {n['display_name']}, {c['title']}, {rest}"
        f" FROM CalendarItem AS i{places}{people}{identities}{calendars} ORDER BY {i.key}",
    )


@artifact(PARTICIPANT, *PLACES, tables=TABLES)
def participants(path: Path) -> Iterable[Row | Partly]:
    """Return everybody who takes part in any entry, organisers too, also of entries that are gone."""
    names = ("last_modified", "email", "phone_number", "comment", "invited_by", "owner_id", "role", "status", "is_self")
    layout = Layout(path)
    p = layout.table("Participant", *names, "identity_id", alias="p", later=LATER)
    i, entries = layout.outer("CalendarItem", "i", "ROWID", p["owner_id"], "start_date", "summary")
    n, identities = layout.outer("Identity", "n", "ROWID", p["identity_id"], "display_name", "address")
    return layout.query(
        f"SELECT 'Participant ' || {p.key}, {i['start_date']}, {p['last_modified']},"
        f" coalesce({p['email']}, {n['address']}), {p['phone_number']}, {n['display_name']}, {p['comment']},"
        f" {p['invited_by']}, {p['owner_id']}, {i['summary']}, {p['role']}, {p['status']}, {p['is_self']}"
        f" FROM Participant AS p{entries}{identities} ORDER BY {p.key}",
    )


def _party(layout: Layout, link: str) -> tuple[Columns, str]:
    return layout.outer("Participant", "p", "ROWID", link, "email", "phone_number", "identity_id", later=LATER)
