"""With whom the owner was in touch, through which app: interactionC.db of CoreDuet."""

import itertools
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from perito.demo.phone import Interaction, Phone
from perito.demo.tables import Part, Version, core_data, database, fill, guid, mac

INTERACTION = """ZDIRECTION INTEGER, ZISRESPONSE INTEGER, ZMECHANISM INTEGER, ZRECIPIENTCOUNT INTEGER, ZSENDER INTEGER,
    ZCREATIONDATE TIMESTAMP, ZENDDATE TIMESTAMP, ZSTARTDATE TIMESTAMP, ZUPDATEDATE TIMESTAMP, ZACCOUNT VARCHAR,
    ZBUNDLEID VARCHAR, ZCONTENTURL VARCHAR, ZDERIVEDINTENTIDENTIFIER VARCHAR, ZDOMAINIDENTIFIER VARCHAR,
    ZGROUPNAME VARCHAR, ZLOCATIONUUID VARCHAR, ZTARGETBUNDLEID VARCHAR, ZUUID VARCHAR"""
CONTACT = """ZINCOMINGRECIPIENTCOUNT INTEGER, ZINCOMINGSENDERCOUNT INTEGER, ZOUTGOINGRECIPIENTCOUNT INTEGER,
    ZPERSONIDTYPE INTEGER, ZTYPE INTEGER, ZCREATIONDATE TIMESTAMP, ZFIRSTINCOMINGRECIPIENTDATE TIMESTAMP,
    ZFIRSTINCOMINGSENDERDATE TIMESTAMP, ZFIRSTOUTGOINGRECIPIENTDATE TIMESTAMP,
    ZLASTINCOMINGRECIPIENTDATE TIMESTAMP, ZLASTINCOMINGSENDERDATE TIMESTAMP,
    ZLASTOUTGOINGRECIPIENTDATE TIMESTAMP, ZCUSTOMIDENTIFIER VARCHAR, ZDISPLAYNAME VARCHAR, ZIDENTIFIER VARCHAR,
    ZPERSONID VARCHAR"""
ATTACHMENT = """ZSIZEINBYTES INTEGER, ZCLOUDIDENTIFIER VARCHAR, ZCONTENTTEXT VARCHAR, ZCONTENTURL VARCHAR,
    ZPHOTOLOCALIDENTIFIER VARCHAR, ZUTI VARCHAR, ZIDENTIFIER BLOB"""
SCHEMA = (
    core_data({"ZATTACHMENT": ATTACHMENT, "ZCONTACTS": CONTACT, "ZINTERACTIONS": INTERACTION})
    + """CREATE TABLE Z_1INTERACTIONS (Z_1ATTACHMENTS INTEGER, Z_3INTERACTIONS INTEGER,
    PRIMARY KEY (Z_1ATTACHMENTS, Z_3INTERACTIONS));
CREATE TABLE Z_2INTERACTIONRECIPIENT (Z_2RECIPIENTS INTEGER, Z_3INTERACTIONRECIPIENT INTEGER,
    PRIMARY KEY (Z_2RECIPIENTS, Z_3INTERACTIONRECIPIENT));"""
)
ROW = """Z_PK, Z_ENT, Z_OPT, ZDIRECTION, ZISRESPONSE, ZMECHANISM, ZRECIPIENTCOUNT, ZSENDER, ZCREATIONDATE, ZENDDATE,
    ZSTARTDATE, ZUPDATEDATE, ZBUNDLEID, ZUUID"""
PERSON = """Z_PK, Z_ENT, Z_OPT, ZDISPLAYNAME, ZIDENTIFIER, ZPERSONIDTYPE, ZCREATIONDATE, ZINCOMINGSENDERCOUNT,
    ZFIRSTINCOMINGSENDERDATE, ZLASTINCOMINGSENDERDATE, ZOUTGOINGRECIPIENTCOUNT, ZFIRSTOUTGOINGRECIPIENTDATE,
    ZLASTOUTGOINGRECIPIENTDATE"""


def parts(phone: Phone, _ios: Version) -> Iterator[Part]:
    """Give interactionC.db if the phone holds interactions."""
    if phone.interactions:
        write_them = partial(write, rows=phone.interactions)
        yield Part("HomeDomain", "Library/CoreDuet/People/interactionC.db", write_them)


class _Peer:
    """What the database keeps of one other person; times in seconds since 2001."""

    def __init__(self, key: int, name: str, when: float) -> None:
        self.key, self.name, self.made = key, name, when
        self.count = [0, 0]  # incoming, outgoing
        self.first: list[float | None] = [None, None]
        self.last: list[float | None] = [None, None]

    def seen(self, way: int, when: float) -> None:
        """Count one interaction; rows are taken to come in order of time."""
        self.count[way] += 1
        self.first[way] = when if self.first[way] is None else self.first[way]
        self.last[way] = when


def write(path: Path, rows: Iterable[Interaction]) -> None:
    """Write interactionC.db; the n-th row is ZINTERACTIONS n, other people are ZCONTACTS as they come."""
    peers: dict[str, _Peer] = {}
    received: list[tuple[int, int]] = []

    def line(key: int, row: Interaction) -> tuple[Any, ...]:
        when = mac(row.when) or 0.0
        if row.peer not in peers:
            peers[row.peer] = _Peer(len(peers) + 1, row.name, when)
        peer = peers[row.peer]
        peer.seen(int(row.outgoing), when)
        if row.outgoing:
            received.append((peer.key, key))
        kind = (int(row.outgoing), 0, 0, 1, None if row.outgoing else peer.key)
        return key, 3, 1, *kind, when, when + row.seconds, when, when, row.bundle, guid(key, 12)

    with database(path, SCHEMA) as store:
        fill(store, "ZINTERACTIONS", ROW, map(line, itertools.count(1), rows))
        fill(store, "Z_2INTERACTIONRECIPIENT", "Z_2RECIPIENTS, Z_3INTERACTIONRECIPIENT", received)
        fill(store, "ZCONTACTS", PERSON, _people(peers))


def _people(peers: dict[str, _Peer]) -> Iterator[tuple[Any, ...]]:
    for handle, peer in peers.items():
        known = (peer.name or None, handle, 1 if "@" in handle else 2, peer.made)
        incoming = (peer.count[0], peer.first[0], peer.last[0])
        yield peer.key, 2, 1, *known, *incoming, peer.count[1], peer.first[1], peer.last[1]
