"""Entries of the calendar, and who was invited or invites: an invitation by a stranger can carry an exploit.

Calendar.sqlitedb. Times are seconds since 2001; those of all-day entries are in the device's own zone. Documented by
https://github.com/mvt-project/mvt.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import join, sqlite
from perito.artifacts.readers.damage import Partly
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


@artifact(ITEM, *PLACES, tables=TABLES)
def items(path: Path) -> Iterable[Row | Partly]:
    """Return every entry, with or without an organiser."""
    names = ("start_date", "end_date", "creation_date", "last_modified", "description", "url")
    more = ("all_day", "status", "invitation_status", "unique_identifier")
    i = sqlite.present(path, "CalendarItem", *names, *more, "location_id", "organizer_id", "calendar_id", alias="i")
    at, places = join.outer(path, "Location", "l", f"l.ROWID = {i['location_id']}", "title", "address")
    p, people = join.outer(
        path, "Participant", "p", f"p.ROWID = {i['organizer_id']}", "email", "phone_number", "identity_id"
    )
    n, identities = join.outer(path, "Identity", "n", f"n.ROWID = {p['identity_id']}", "display_name", "address")
    c, calendars = join.outer(path, "Calendar", "c", f"c.ROWID = {i['calendar_id']}", "title")
    title, address = at.values()
    place = f"CASE WHEN {address} IS NULL THEN {title} ELSE coalesce({title} || ', ', '') || {address} END"
    times = ", ".join(i[one] for one in names[:4])
    rest = ", ".join(i[one] for one in more)
    return sqlite.query(
        path,
        f"SELECT 'CalendarItem ' || i.ROWID, {times}, i.summary, {i['description']}, {place}, {i['url']},"
        f" coalesce({p['email']}, {n['address']}), {p['phone_number']}, {n['display_name']}, {c['title']}, {rest}"
        f" FROM CalendarItem AS i{places}{people}{identities}{calendars} ORDER BY i.ROWID",
    )


@artifact(PARTICIPANT, *PLACES, tables=TABLES)
def participants(path: Path) -> Iterable[Row | Partly]:
    """Return everybody who takes part in any entry, organisers too, also of entries that are gone."""
    names = ("last_modified", "email", "phone_number", "comment", "invited_by", "owner_id", "role", "status", "is_self")
    p = sqlite.present(path, "Participant", *names, "identity_id", alias="p")
    i, entries = join.outer(path, "CalendarItem", "i", f"i.ROWID = {p['owner_id']}", "start_date", "summary")
    n, identities = join.outer(path, "Identity", "n", f"n.ROWID = {p['identity_id']}", "display_name", "address")
    return sqlite.query(
        path,
        f"SELECT 'Participant ' || p.ROWID, {i['start_date']}, {p['last_modified']},"
        f" coalesce(p.email, {n['address']}), {p['phone_number']}, {n['display_name']}, {p['comment']},"
        f" {p['invited_by']}, {p['owner_id']}, {i['summary']}, {p['role']}, {p['status']}, {p['is_self']}"
        f" FROM Participant AS p{entries}{identities} ORDER BY p.ROWID",
    )
