"""Who was in touch with the owner through which application, and when: what CoreDuet keeps for its suggestions.

interactionC.db outlives deleted messages and calls. One row is an interaction with one of its recipients (several rows
where there are several). Documented by https://github.com/mac4n6/APOLLO and https://github.com/mvt-project/mvt.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import join, sqlite
from perito.artifacts.readers.damage import Partly
from perito.records import MAC_ABSOLUTE, Row, Schema, app_id, handle, integer, message, outgoing, text, url, when

INTERACTION = Schema(
    "ios.interaction",
    began=when("when it began", MAC_ABSOLUTE),
    ended=when("when it ended", MAC_ABSOLUTE),
    created=when("when the row was made", MAC_ABSOLUTE),
    bundle=app_id("application"),
    target_bundle=app_id("application it was passed on to"),
    outgoing=outgoing("0 incoming, 1 outgoing, as the device numbers directions"),
    sender=handle("who sent"),
    sender_title=text("name shown for the sender"),
    recipient=handle("who received"),
    recipient_title=text("name shown for the recipient"),
    account=handle("own account or conversation that it went through"),
    conversation=text("identifier of the conversation within the application"),
    group_title=message("name of the group"),
    url=url("address of the content"),
    mechanism=integer("kind of interaction, as the device numbers it"),
    recipients=integer("number of recipients, as the device counted"),
    response=integer("1 when it answers another one"),
)
CONTACT = Schema(
    "ios.interaction_contact",
    created=when("when the row was made", MAC_ABSOLUTE),
    account=handle("number, address or identifier"),
    title=text("name shown"),
    person_id=text("identifier of the entry in the address book"),
    custom=handle("identifier that the application gave"),
    first_received=when("first time it was the sender of something received", MAC_ABSOLUTE),
    last_received=when("last time it was the sender of something received", MAC_ABSOLUTE),
    first_shared=when("first time it received something together with the owner", MAC_ABSOLUTE),
    last_shared=when("last time it received something together with the owner", MAC_ABSOLUTE),
    first_sent=when("first time the owner sent it something", MAC_ABSOLUTE),
    last_sent=when("last time the owner sent it something", MAC_ABSOLUTE),
)
ATTACHMENT = Schema(
    "ios.interaction_attachment",
    began=when("start of the interaction it belongs to", MAC_ABSOLUTE),
    interaction=integer("number of that interaction (`ZINTERACTIONS N`)"),
    outgoing=outgoing("0 incoming, 1 outgoing, as the device numbers the direction of that interaction"),
    text=message("text of the content"),
    url=url("address of the content"),
    uti=text("type of the content"),
    size=integer("bytes"),
)
PLACES = ("**/Library/CoreDuet/People/interactionC.db",)
TABLES = ("ZINTERACTIONS", "ZCONTACTS")


@artifact(INTERACTION, *PLACES, tables=TABLES)
def interactions(path: Path) -> Iterable[Row | Partly]:
    """Return every interaction, also one whose contacts are gone."""
    names = ("ZSTARTDATE", "ZENDDATE", "ZCREATIONDATE", "ZBUNDLEID", "ZTARGETBUNDLEID", "ZDIRECTION", "ZACCOUNT")
    more = ("ZDOMAINIDENTIFIER", "ZGROUPNAME", "ZCONTENTURL", "ZMECHANISM", "ZRECIPIENTCOUNT", "ZISRESPONSE", "ZSENDER")
    i = sqlite.present(path, "ZINTERACTIONS", *names, *more, alias="i")
    shown = ("ZIDENTIFIER", "ZDISPLAYNAME")
    s, senders = join.outer(path, "ZCONTACTS", "s", f"s.Z_PK = {i['ZSENDER']}", *shown)
    link, interaction, contact = _link(path, "INTERACTIONRECIPIENT", "RECIPIENTS")
    r, recipients = join.outer(path, "ZCONTACTS", "r", f"r.Z_PK = l.{contact}", *shown)
    links = f" LEFT JOIN {link} AS l ON l.{interaction} = i.Z_PK{recipients}" if link else ""
    told = ", ".join(i[one] for one in names[:-1])
    parties = ", ".join([*s.values(), *(r.values() if link else ("NULL", "NULL"))])
    rest = ", ".join(i[one] for one in (names[-1], *more[:-1]))
    return sqlite.query(
        path,
        f"SELECT 'ZINTERACTIONS ' || i.Z_PK, {told}, {parties}, {rest}"
        f" FROM ZINTERACTIONS AS i{senders}{links} ORDER BY i.Z_PK",
    )


@artifact(CONTACT, *PLACES, tables=TABLES)
def contacts(path: Path) -> Iterable[Row | Partly]:
    """Return every party that the device remembers, with the first and last times."""
    spans = ("INCOMINGSENDER", "INCOMINGRECIPIENT", "OUTGOINGRECIPIENT")
    dates = [f"Z{end}{span}DATE" for span in spans for end in ("FIRST", "LAST")]
    names = ("ZCREATIONDATE", "ZIDENTIFIER", "ZDISPLAYNAME", "ZPERSONID", "ZCUSTOMIDENTIFIER", *dates)
    have = sqlite.present(path, "ZCONTACTS", *names)
    return sqlite.query(path, f"SELECT 'ZCONTACTS ' || Z_PK, {', '.join(have.values())} FROM ZCONTACTS ORDER BY Z_PK")


@artifact(ATTACHMENT, *PLACES, version=2, tables=(*TABLES, "ZATTACHMENT"))
def attachments(path: Path) -> Iterable[Row | Partly]:
    """Return every attachment, also one whose interaction is gone; none in versions without them."""
    if sqlite.columns(path, "ZINTERACTIONS") and not sqlite.columns(path, "ZATTACHMENT"):
        return ()
    a = sqlite.present(path, "ZATTACHMENT", "ZCONTENTTEXT", "ZCONTENTURL", "ZUTI", "ZSIZEINBYTES", alias="a")
    link, interaction, attachment = _link(path, "INTERACTIONS", "ATTACHMENTS")
    joined = (
        f" LEFT JOIN {link} AS l ON l.{attachment} = a.Z_PK LEFT JOIN ZINTERACTIONS AS i ON i.Z_PK = l.{interaction}"
    )
    way = sqlite.present(path, "ZINTERACTIONS", "ZDIRECTION", alias="i")["ZDIRECTION"]
    own = f"i.ZSTARTDATE, l.{interaction}, {way}" if link else "NULL, NULL, NULL"
    return sqlite.query(
        path,
        f"SELECT 'ZATTACHMENT ' || a.Z_PK, {own}, {', '.join(a.values())} FROM ZATTACHMENT AS a{joined if link else ''}"
        " ORDER BY a.Z_PK",
    )


def _link(path: Path, relation: str, end: str) -> tuple[str, str, str]:
    """Return the table of a relation, its column of interactions and that of the other end; Core Data numbers them."""
    for table in sorted(sqlite.tables(path)):
        if re.fullmatch(rf"Z_\d+{relation}", table):
            columns = sorted(sqlite.columns(path, table))
            own = [one for one in columns if re.fullmatch(rf"Z_\d+{relation}", one)]
            other = [one for one in columns if re.fullmatch(rf"Z_\d+{end}", one)]
            if own and other:
                return table, own[0], other[0]
    return "", "", ""
