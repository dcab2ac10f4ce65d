"""Calls and the address book."""

import itertools
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from perito.demo.phone import Call, Person, Phone
from perito.demo.tables import Part, Version, core_data, database, fill, guid, mac

RECORD = """ZANSWERED INTEGER, ZCALL_CATEGORY INTEGER, ZCALLTYPE INTEGER, ZDISCONNECTED_CAUSE INTEGER,
    ZFACE_TIME_DATA INTEGER, ZHANDLE_TYPE INTEGER, ZNUMBER_AVAILABILITY INTEGER, ZORIGINATED INTEGER, ZREAD INTEGER,
    ZDATE TIMESTAMP, ZDURATION FLOAT, ZADDRESS VARCHAR, ZDEVICE_ID VARCHAR, ZISO_COUNTRY_CODE VARCHAR,
    ZLOCATION VARCHAR, ZNAME VARCHAR, ZSERVICE_PROVIDER VARCHAR, ZUNIQUE_ID VARCHAR"""
HANDLE = "ZTYPE INTEGER, ZNORMALIZEDVALUE VARCHAR, ZVALUE VARCHAR"
CALLS = core_data({"ZCALLRECORD": RECORD, "ZHANDLE": HANDLE, "ZCALLDBPROPERTIES": "ZTIMER_ALL FLOAT"}) + (
    "CREATE TABLE Z_2REMOTEPARTICIPANTHANDLES (Z_2REMOTEPARTICIPANTCALLS INTEGER, Z_4REMOTEPARTICIPANTHANDLES INTEGER,"
    " PRIMARY KEY (Z_2REMOTEPARTICIPANTCALLS, Z_4REMOTEPARTICIPANTHANDLES));\n"
)
PEOPLE = """
CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, First TEXT, Last TEXT, Middle TEXT, FirstPhonetic TEXT,
    MiddlePhonetic TEXT, LastPhonetic TEXT, Organization TEXT, Department TEXT, Note TEXT, Kind INTEGER, Birthday TEXT,
    JobTitle TEXT, Nickname TEXT, Prefix TEXT, Suffix TEXT, FirstSort TEXT, LastSort TEXT, CreationDate INTEGER,
    ModificationDate INTEGER, CompositeNameFallback TEXT, ExternalIdentifier TEXT, StoreID INTEGER, DisplayName TEXT,
    ExternalRepresentation BLOB, PersonLink INTEGER DEFAULT -1, IsPreferredName INTEGER DEFAULT 1, guid TEXT);
CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id INTEGER, property INTEGER, identifier INTEGER,
    label INTEGER, value TEXT, guid TEXT);
CREATE TABLE ABMultiValueLabel (value TEXT, UNIQUE(value));
CREATE TABLE ABMultiValueEntry (parent_id INTEGER, key INTEGER, value TEXT, UNIQUE(parent_id, key));
CREATE TABLE ABMultiValueEntryKey (value TEXT, UNIQUE(value));
CREATE TABLE ABStore (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, Name TEXT, ExternalIdentifier TEXT, Type INTEGER);
"""
PHONE, EMAIL = 3, 4


def parts(phone: Phone, _ios: Version) -> Iterator[Part]:
    """Give the call history and the address book, each if it holds something."""
    if phone.calls:
        write = partial(write_calls, rows=phone.calls)
        yield Part("HomeDomain", "Library/CallHistoryDB/CallHistory.storedata", write)
    if phone.contacts:
        yield Part("HomeDomain", "Library/AddressBook/AddressBook.sqlitedb", partial(write_people, rows=phone.contacts))


def write_calls(path: Path, rows: Iterable[Call]) -> None:
    """Write CallHistory.storedata; the n-th call is ZCALLRECORD n."""
    columns = """Z_PK, Z_ENT, Z_OPT, ZANSWERED, ZCALLTYPE, ZORIGINATED, ZREAD, ZDATE, ZDURATION, ZADDRESS, ZLOCATION,
        ZSERVICE_PROVIDER, ZISO_COUNTRY_CODE, ZUNIQUE_ID"""
    kinds = {"com.apple.Telephony": 1, "com.apple.FaceTime": 8}

    def record(key: int, row: Call) -> tuple[Any, ...]:
        state = (int(row.seconds > 0), kinds.get(row.service, 0), int(row.from_me), 1)
        place = (row.number, row.place, row.service, "mx", guid(key, 4))
        return key, 2, 1, *state, mac(row.when), float(row.seconds), *place

    with database(path, CALLS) as calls:
        fill(calls, "ZCALLRECORD", columns, map(record, itertools.count(1), rows))


def write_people(path: Path, rows: Iterable[Person]) -> None:
    """Write AddressBook.sqlitedb; the n-th person is ABPerson n, values are numbered phones first."""
    people = list(rows)
    values = (
        (key, kind, number, 1, value)
        for key, row in enumerate(people, 1)
        for kind, held in ((PHONE, row.phones), (EMAIL, row.emails))
        for number, value in enumerate(held)
    )
    names = (
        (key, row.first, row.last, mac(row.when), mac(row.when), 0, guid(key, 5)) for key, row in enumerate(people, 1)
    )
    with database(path, PEOPLE) as book:
        fill(book, "ABMultiValueLabel", "value", [("_$!<Mobile>!$_",), ("_$!<Work>!$_",)])
        fill(book, "ABPerson", "ROWID, First, Last, CreationDate, ModificationDate, StoreID, guid", names)
        fill(book, "ABMultiValue", "record_id, property, identifier, label, value", values)
