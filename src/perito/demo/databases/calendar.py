"""The calendar: entries and who invited to them."""

import itertools
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from perito.demo.phone import Event, Phone
from perito.demo.tables import Part, Version, database, fill, guid, mac

SCHEMA = """
CREATE TABLE Calendar (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, store_id INTEGER, title TEXT, flags INTEGER,
    color TEXT, external_id TEXT, type INTEGER, UUID TEXT, owner_identity_display_name TEXT,
    owner_identity_email TEXT);
CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, summary TEXT, location_id INTEGER,
    client_location_id INTEGER, description TEXT, start_date REAL, start_tz TEXT, end_date REAL, end_tz TEXT,
    all_day INTEGER, calendar_id INTEGER, orig_item_id INTEGER, orig_date REAL, organizer_id INTEGER,
    self_attendee_id INTEGER, status INTEGER, invitation_status INTEGER, availability INTEGER, privacy_level INTEGER,
    url TEXT, last_modified REAL, sequence_num INTEGER, birthday_id INTEGER, modified_properties INTEGER,
    external_tracking_status INTEGER, external_id TEXT, external_mod_tag TEXT, unique_identifier TEXT,
    external_schedule_id TEXT, external_rep BLOB, response_comment TEXT, hidden INTEGER, has_recurrences INTEGER,
    has_attendees INTEGER, UUID TEXT, entity_type INTEGER, priority INTEGER, due_date REAL, due_tz TEXT,
    due_all_day INTEGER, completion_date REAL, creation_date REAL, action TEXT, app_link BLOB, display_order INTEGER,
    created_by_id INTEGER, modified_by_id INTEGER, conference_url TEXT);
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, entity_type INTEGER, type INTEGER, status INTEGER,
    pending_status INTEGER, role INTEGER, identity_id INTEGER, owner_id INTEGER, external_rep BLOB, UUID TEXT,
    email TEXT, phone_number TEXT, is_self INTEGER, comment TEXT, schedule_agent INTEGER, flags INTEGER,
    last_modified REAL, invited_by TEXT);
CREATE TABLE Location (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, address TEXT, latitude INTEGER,
    longitude INTEGER, item_owner_id INTEGER, alarm_owner_id INTEGER);
CREATE TABLE Identity (display_name TEXT, address TEXT, first_name TEXT, last_name TEXT,
    UNIQUE (display_name, address, first_name, last_name));
"""
ITEM = """ROWID, summary, description, start_date, start_tz, end_date, end_tz, all_day, calendar_id, organizer_id,
    last_modified, creation_date, hidden, has_attendees, entity_type, UUID"""
ZONE = "America/Mexico_City"
ORGANISER, ENTRY = 8, 2  # entity types


def parts(phone: Phone, _ios: Version) -> Iterator[Part]:
    """Give Calendar.sqlitedb if the phone holds entries."""
    if phone.events:
        yield Part("HomeDomain", "Library/Calendar/Calendar.sqlitedb", partial(write, rows=phone.events))


def write(path: Path, rows: Iterable[Event]) -> None:
    """Write Calendar.sqlitedb; the n-th entry is CalendarItem n, organisers are numbered as they come."""
    people: list[tuple[Any, ...]] = []

    def item(key: int, row: Event) -> tuple[Any, ...]:
        made = mac(row.start if row.created is None else row.created)
        host = 0
        if row.organiser:
            host = len(people) + 1
            people.append((host, ORGANISER, key, guid(host, 8), row.organiser, 0, made))
        span = (mac(row.start), ZONE, mac(row.end), ZONE)
        about = (0, 1, host, made, made, 0, int(host > 0), ENTRY, guid(key, 7))
        return key, row.summary, row.description, *span, *about

    with database(path, SCHEMA) as calendar:
        fill(calendar, "Calendar", "store_id, title, UUID", [(1, "Calendario", guid(1, 11))])
        fill(calendar, "CalendarItem", ITEM, map(item, itertools.count(1), rows))
        fill(calendar, "Participant", "ROWID, entity_type, owner_id, UUID, email, is_self, last_modified", people)
