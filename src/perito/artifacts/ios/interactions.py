"""Who was in touch with the owner through which application, and when: what CoreDuet keeps for its suggestions.

interactionC.db outlives deleted messages and calls. One row is an interaction with one of its recipients (several rows
where there are several). Documented by https://github.com/mac4n6/APOLLO and https://github.com/mvt-project/mvt.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.core_data import relation
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
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
    layout = Layout(path)
    i = layout.table("ZINTERACTIONS", *names, *more, alias="i", key="Z_PK", maybe=("ZTARGETBUNDLEID",))
    shown = ("ZIDENTIFIER", "ZDISPLAYNAME")
    s, senders = layout.outer("ZCONTACTS", "s", "Z_PK", i["ZSENDER"], *shown)
    link, interaction, contact = relation(layout, "INTERACTIONRECIPIENT", "INTERACTIONRECIPIENT", "RECIPIENTS")
    r, recipients = layout.outer("ZCONTACTS", "r", "Z_PK", f"l.{contact}", *shown)
    links = f" LEFT JOIN {link} AS l ON l.{interaction} = {i.key}{recipients}" if link else ""
    told = ", ".join(i[one] for one in names[:-1])
    parties = ", ".join([*s.values(), *(r.values() if link else ("NULL", "NULL"))])
    rest = ", ".join(i[one] for one in (names[-1], *more[:-1]))
    return layout.query(
        f"SELECT 'ZINTERACTIONS ' || {i.key}, {told}, {parties}, {rest}"
        f" FROM ZINTERACTIONS AS i{senders}{links} ORDER BY {i.key}",
    )


@artifact(CONTACT, *PLACES, tables=TABLES)
def contacts(path: Path) -> Iterable[Row | Partly]:
    """Return every party that the device remembers, with the first and last times."""
    spans = ("INCOMINGSENDER", "INCOMINGRECIPIENT", "OUTGOINGRECIPIENT")
    dates = [f"Z{end}{span}DATE" for span in spans for end in ("FIRST", "LAST")]
    names = ("ZCREATIONDATE", "ZIDENTIFIER", "ZDISPLAYNAME", "ZPERSONID", "ZCUSTOMIDENTIFIER", *dates)
    layout = Layout(path)
    have = layout.table("ZCONTACTS", *names, key="Z_PK", maybe=("ZCUSTOMIDENTIFIER",))
    shown, key = ", ".join(have.values()), have.key
    return layout.query(f"SELECT 'ZCONTACTS ' || {key}, {shown} FROM ZCONTACTS ORDER BY {key}")


@artifact(ATTACHMENT, *PLACES, version=2, tables=(*TABLES, "ZATTACHMENT"))
def attachments(path: Path) -> Iterable[Row | Partly]:
    """Return every attachment, also one whose interaction is gone; none in versions without them."""
    layout = Layout(path)
    if layout.columns("ZINTERACTIONS") and not layout.columns("ZATTACHMENT"):
        return ()
    a = layout.table("ZATTACHMENT", "ZCONTENTTEXT", "ZCONTENTURL", "ZUTI", "ZSIZEINBYTES", alias="a", key="Z_PK")
    link, interaction, attachment = relation(layout, "INTERACTIONS", "INTERACTIONS", "ATTACHMENTS")
    i, interactions_ = layout.outer("ZINTERACTIONS", "i", "Z_PK", f"l.{interaction}", "ZSTARTDATE", "ZDIRECTION")
    joined = f" LEFT JOIN {link} AS l ON l.{attachment} = {a.key}{interactions_}" if link else ""
    own = f"{i['ZSTARTDATE']}, l.{interaction}, {i['ZDIRECTION']}" if link else "NULL, NULL, NULL"
    return layout.query(
        f"SELECT 'ZATTACHMENT ' || {a.key}, {own}, {', '.join(a.values())} FROM ZATTACHMENT AS a{joined}"
        f" ORDER BY {a.key}",
    )
