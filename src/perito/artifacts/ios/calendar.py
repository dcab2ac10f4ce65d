"""Entries of the calendar, what is attached to them, and who was invited or invites: an invitation can carry an exploit.

Calendar.sqlitedb. Times are seconds since 2001; those of all-day entries are in the device's own zone. Documented by
https://github.com/mvt-project/mvt and https://github.com/abrignoni/iLEAPP; columns of iOS 6, 9, 10 and 11 in
https://github.com/richinfante/iphonebackuptools.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Columns, Layout
from perito.records import MAC_ABSOLUTE, Row, Schema, email, file_name, integer, message, phone, text, url, when
from perito.records import path as file_path

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
    conference=url("address of a conference, as somebody set it (iOS 11 and later)"),
    conference_found=url("address of a conference, as iOS found it in the entry"),
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
ATTACHMENT = Schema(
    "ios.calendar_attachment",
    starts=when("start of the entry", MAC_ABSOLUTE),
    url=url("where it lies on a server"),
    file_name=file_name("name of the file"),
    format=text("media type, as announced"),
    path=file_path("where it lies on the device, as far as it was loaded"),
    bytes=integer("size of the file"),
    item=integer("number of the entry (`CalendarItem N`)"),
    summary=message("title of the entry"),
)
PLACES = (
    "**/Library/Calendar/Calendar.sqlitedb",
    "**/Library/Calendar/Calendar.sqlitedb.restore",
    "**/group.com.apple.calendar/Calendar.sqlitedb",
    "AppDomainGroup-group.com.apple.calendar/Calendar.sqlitedb",
)
TABLES = ("CalendarItem", "Participant")
CONFERENCE = ("conference_url", "conference_url_detected")
LATER = ("phone_number invited_by",)
"""Columns of a participant that came with iOS 10."""


@artifact(ITEM, *PLACES, version=2, tables=TABLES)
def items(path: Path) -> Iterable[Row | Partly]:
    """Return every entry, with or without an organiser."""
    layout = Layout(path)
    names = ("start_date", "end_date", "creation_date", "last_modified", "summary", "description", "url")
    more = ("all_day", "status", "invitation_status", "unique_identifier")
    links = ("location_id", "organizer_id", "calendar_id", *CONFERENCE)
    i = layout.table("CalendarItem", *names, *more, *links, alias="i", later=CONFERENCE)
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
        f" {i['conference_url']}, {i['conference_url_detected']},"
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


@artifact(ATTACHMENT, *PLACES, tables=(*TABLES, "Attachment"), optional=True)
def attachments(path: Path) -> Iterable[Row | Partly]:
    """Return every attachment; since iOS 14 or so the file it is has a row of its own."""
    layout = Layout(path)
    about = ("url", "filename", "format", "local_url", "file_size")
    own = layout.columns("AttachmentFile")
    a = layout.table("Attachment", "owner_id", "file_id", *about, alias="a", maybe=("file_id", *(about if own else ())))
    f, files = layout.outer("AttachmentFile", "f", "ROWID", a["file_id"], *about, maybe=about, new=True)
    i, entries = layout.outer("CalendarItem", "i", "ROWID", a["owner_id"], "start_date", "summary")
    told = ", ".join(f"coalesce({a[one]}, {f[one]})" for one in about)
    return layout.query(
        f"SELECT 'Attachment ' || {a.key}, {i['start_date']}, {told}, {a['owner_id']}, {i['summary']}"
        f" FROM Attachment AS a{files}{entries} ORDER BY {a.key}",
    )


def _party(layout: Layout, link: str) -> tuple[Columns, str]:
    return layout.outer("Participant", "p", "ROWID", link, "email", "phone_number", "identity_id", later=LATER)
