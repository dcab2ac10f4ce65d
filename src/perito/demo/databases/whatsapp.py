"""WhatsApp: chats, contacts and the pairs of LID and number."""

import itertools
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from perito.demo.phone import Chat, Person, Phone
from perito.demo.tables import Part, Version, core_data, database, entity, fill, guid, mac

DOMAIN = "AppDomainGroup-group.net.whatsapp.WhatsApp.shared"
MESSAGE = """ZCHILDMESSAGESDELIVEREDCOUNT INTEGER, ZCHILDMESSAGESREADCOUNT INTEGER, ZDOCID INTEGER, ZFLAGS INTEGER,
    ZGROUPEVENTTYPE INTEGER, ZISFROMME INTEGER, ZMESSAGEERRORSTATUS INTEGER, ZMESSAGESTATUS INTEGER,
    ZMESSAGETYPE INTEGER, ZSORT INTEGER, ZSTARRED INTEGER, ZCHATSESSION INTEGER, ZGROUPMEMBER INTEGER,
    ZLASTSESSION INTEGER, ZMEDIAITEM INTEGER, ZMESSAGEINFO INTEGER, ZPARENTMESSAGE INTEGER, ZMESSAGEDATE TIMESTAMP,
    ZSENTDATE TIMESTAMP, ZFROMJID VARCHAR, ZMEDIASECTIONID VARCHAR, ZPHASH VARCHAR, ZPUSHNAME VARCHAR,
    ZSTANZAID VARCHAR, ZTEXT VARCHAR, ZTOJID VARCHAR"""
SESSION = """ZARCHIVED INTEGER, ZCONTACTABID INTEGER, ZFLAGS INTEGER, ZHIDDEN INTEGER, ZMESSAGECOUNTER INTEGER,
    ZREMOVED INTEGER, ZSESSIONTYPE INTEGER, ZUNREADCOUNT INTEGER, ZGROUPINFO INTEGER, ZLASTMESSAGE INTEGER,
    ZPROPERTIES INTEGER, ZLASTMESSAGEDATE TIMESTAMP, ZCONTACTIDENTIFIER VARCHAR, ZCONTACTJID VARCHAR,
    ZLASTMESSAGETEXT VARCHAR, ZPARTNERNAME VARCHAR, ZSAVEDINPUT VARCHAR"""
MEDIA = """ZCLOUDSTATUS INTEGER, ZFILESIZE INTEGER, ZMEDIAORIGIN INTEGER, ZMOVIEDURATION INTEGER, ZMESSAGE INTEGER,
    ZASPECTRATIO FLOAT, ZHACCURACY FLOAT, ZLATITUDE FLOAT, ZLONGITUDE FLOAT, ZMEDIAURLDATE TIMESTAMP,
    ZAUTHORNAME VARCHAR, ZCOLLECTIONNAME VARCHAR, ZMEDIALOCALPATH VARCHAR, ZMEDIAURL VARCHAR,
    ZTHUMBNAILLOCALPATH VARCHAR, ZTITLE VARCHAR, ZVCARDNAME VARCHAR, ZVCARDSTRING VARCHAR, ZXMPPTHUMBPATH VARCHAR,
    ZMEDIAKEY BLOB, ZMETADATA BLOB"""
PREVIEW = """ZINDEX INTEGER, ZOWNSTHUMBNAIL INTEGER, ZTYPE INTEGER, ZMESSAGE INTEGER, ZDATE TIMESTAMP, ZCHATJID VARCHAR,
    ZCONTENT1 VARCHAR, ZCONTENT2 VARCHAR, ZMATCHEDTEXT VARCHAR, ZSECTIONID VARCHAR, ZSENDERJID VARCHAR,
    ZSUMMARY VARCHAR, ZTHUMBNAILPATH VARCHAR, ZTITLE VARCHAR"""
GROUP = """ZSTATE INTEGER, ZCHATSESSION INTEGER, ZCREATIONDATE TIMESTAMP, ZSUBJECTTIMESTAMP TIMESTAMP,
    ZCREATORJID VARCHAR, ZOWNERJID VARCHAR, ZSUBJECTOWNERJID VARCHAR, ZPICTUREID VARCHAR, ZSOURCEJID VARCHAR"""
MEMBER = """ZCONTACTABID INTEGER, ZISACTIVE INTEGER, ZISADMIN INTEGER, ZCHATSESSION INTEGER, ZCONTACTNAME VARCHAR,
    ZFIRSTNAME VARCHAR, ZMEMBERJID VARCHAR"""
CONTACT = """ZDISAPPEARINGMODEDURATION INTEGER, ZPHONESTATUS INTEGER, ZSYNCPOLICY INTEGER, ZABOUTTIMESTAMP TIMESTAMP,
    ZABOUTEXPIRATIONTIMESTAMP TIMESTAMP, ZDISAPPEARINGMODETIMESTAMP TIMESTAMP, ZLASTUPDATED TIMESTAMP,
    ZABOUTTEXT VARCHAR, ZABOUTEMOJI VARCHAR, ZFULLNAME VARCHAR, ZGIVENNAME VARCHAR, ZLASTNAME VARCHAR,
    ZUSERNAME VARCHAR, ZBUSINESSNAME VARCHAR, ZNOTES VARCHAR, ZIDENTIFIER VARCHAR, ZLOCALIZEDPHONENUMBER VARCHAR,
    ZPHONENUMBER VARCHAR, ZWHATSAPPID VARCHAR, ZLID VARCHAR"""
CHATS = core_data(
    {
        "ZWACHATSESSION": SESSION,
        "ZWAGROUPINFO": GROUP,
        "ZWAGROUPMEMBER": MEMBER,
        "ZWAMEDIAITEM": MEDIA,
        "ZWAMESSAGE": MESSAGE,
        "ZWAMESSAGEDATAITEM": PREVIEW,
    }
)


def parts(phone: Phone, _ios: Version) -> Iterator[Part]:
    """Give the three databases of WhatsApp, each if it holds something."""
    if phone.whatsapp:
        yield Part(DOMAIN, "ChatStorage.sqlite", partial(write_chats, rows=phone.whatsapp))
    if phone.whatsapp_contacts:
        yield Part(DOMAIN, "ContactsV2.sqlite", partial(write_contacts, rows=phone.whatsapp_contacts))
    if phone.lids:
        yield Part(DOMAIN, "LID.sqlite", partial(write_lids, rows=phone.lids, when=phone.when))


def write_chats(path: Path, rows: Iterable[Chat]) -> None:
    """Write ChatStorage.sqlite; the n-th row is ZWAMESSAGE n, chats are numbered in the order first seen."""
    book = _Book()
    with database(path, CHATS) as chats:
        columns = """Z_PK, Z_ENT, Z_OPT, ZISFROMME, ZMESSAGESTATUS, ZMESSAGETYPE, ZSORT, ZCHATSESSION, ZMEDIAITEM,
            ZMESSAGEDATE, ZSENTDATE, ZFROMJID, ZTOJID, ZPUSHNAME, ZSTANZAID, ZTEXT"""
        fill(chats, "ZWAMESSAGE", columns, map(book.message, itertools.count(1), rows))
        columns = """Z_PK, Z_ENT, Z_OPT, ZARCHIVED, ZHIDDEN, ZREMOVED, ZSESSIONTYPE, ZMESSAGECOUNTER, ZCONTACTJID,
            ZPARTNERNAME, ZGROUPINFO, ZLASTMESSAGE, ZLASTMESSAGEDATE, ZLASTMESSAGETEXT"""
        fill(chats, "ZWACHATSESSION", columns, book.sessions())
        fill(chats, "ZWAGROUPINFO", "Z_PK, Z_ENT, Z_OPT, ZCHATSESSION, ZCREATIONDATE, ZOWNERJID", book.groups())
        fill(chats, "ZWAMEDIAITEM", "Z_PK, Z_ENT, Z_OPT, ZMESSAGE, ZMEDIAURL, ZTITLE", book.media)
        columns = "Z_PK, Z_ENT, Z_OPT, ZTYPE, ZMESSAGE, ZDATE, ZCONTENT1, ZMATCHEDTEXT, ZTITLE"
        fill(chats, "ZWAMESSAGEDATAITEM", columns, book.previews)
        chats.execute("CREATE INDEX ZWAMESSAGE_ZCHATSESSION_INDEX ON ZWAMESSAGE (ZCHATSESSION)")


class _Session:
    """A chat as it stands after the messages seen so far."""

    def __init__(self, jid: str, first: float) -> None:
        self.jid, self.first, self.count = jid, first, 0
        self.last: tuple[int, float, str] = (0, first, "")


class _Book:
    """Keeps chats, media and previews while the messages go by."""

    def __init__(self) -> None:
        self.chats: dict[str, tuple[int, _Session]] = {}
        self.media: list[tuple[Any, ...]] = []
        self.previews: list[tuple[Any, ...]] = []

    def message(self, number: int, row: Chat) -> tuple[Any, ...]:
        """Return one row of ZWAMESSAGE."""
        jid = row.peer if "@" in row.peer else jid_of(row.peer)
        if jid not in self.chats:
            self.chats[jid] = len(self.chats) + 1, _Session(jid, row.when)
        key, session = self.chats[jid]
        session.count += 1
        session.last = number, row.when, row.text
        item = None
        if row.media or row.link:
            item = len(self.media) + 1
            self.media.append((item, 8, 1, number, row.media or None, row.link or None))
        if row.link:
            shown = (len(self.previews) + 1, 10, 1, 0, number, mac(row.when), row.link, row.link, "")
            self.previews.append(shown)
        sender, receiver = (None, jid) if row.from_me else (jid, None)
        return (
            *(number, 9, 1, int(row.from_me), 8, 1 if row.media else 0, session.count, key, item),
            *(mac(row.when), mac(row.when), sender, receiver, row.author or None, f"{number:020X}", row.text),
        )

    def sessions(self) -> Iterator[tuple[Any, ...]]:
        """Give the rows of ZWACHATSESSION; type 1 is a group."""
        for jid, (key, session) in self.chats.items():
            group = jid.endswith("@g.us")
            last, when, text = session.last
            state = (0, 0, 0, int(group), session.count)
            yield key, 4, 1, *state, jid, jid.partition("@")[0], key if group else None, last, mac(when), text

    def groups(self) -> Iterator[tuple[Any, ...]]:
        """Give a row of ZWAGROUPINFO for each group, with the number of its chat."""
        for jid, (key, session) in self.chats.items():
            if jid.endswith("@g.us"):
                yield key, 6, 1, key, mac(session.first), None


def jid_of(number: str) -> str:
    """Return how WhatsApp writes a phone number."""
    return "".join(filter(str.isdecimal, number)) + "@s.whatsapp.net"


def write_contacts(path: Path, rows: Iterable[Person]) -> None:
    """Write ContactsV2.sqlite; the n-th person, with the first number, is ZWAADDRESSBOOKCONTACT n."""
    columns = """Z_PK, Z_ENT, Z_OPT, ZFULLNAME, ZGIVENNAME, ZPHONENUMBER, ZLOCALIZEDPHONENUMBER, ZWHATSAPPID,
        ZIDENTIFIER, ZABOUTTEXT, ZABOUTTIMESTAMP, ZLASTUPDATED"""
    with database(path, core_data({"ZWAADDRESSBOOKCONTACT": CONTACT})) as contacts:
        lines = (
            (
                *(key, 1, 1, f"{row.first} {row.last}".strip(), row.first, phone, phone, jid_of(phone), guid(key, 6)),
                *("Disponible", mac(row.when), mac(row.when)),
            )
            for key, row in enumerate(rows, 1)
            for phone in row.phones[:1] or ("",)
        )
        fill(contacts, "ZWAADDRESSBOOKCONTACT", columns, lines)


def write_lids(path: Path, rows: Iterable[tuple[str, str]], when: float) -> None:
    """Write LID.sqlite from pairs of LID and number."""
    schema = entity("ZWAPHONENUMBERLIDPAIR", "ZTIMESTAMP TIMESTAMP, ZLID VARCHAR, ZPHONENUMBER VARCHAR")
    with database(path, schema) as pairs:
        lines = ((key, 1, 1, mac(when), *pair) for key, pair in enumerate(rows, 1))
        fill(pairs, "ZWAPHONENUMBERLIDPAIR", "Z_PK, Z_ENT, Z_OPT, ZTIMESTAMP, ZLID, ZPHONENUMBER", lines)
