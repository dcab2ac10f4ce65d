"""Conversations of WhatsApp, who belongs or belonged to its groups, and the names that people gave themselves.

A conversation outlives its messages: the list tells with whom the phone was in contact. See ios.whatsapp_message.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
from perito.records import MAC_ABSOLUTE, Row, Schema, handle, integer, message, own, text, when

CHAT = Schema(
    "ios.whatsapp_chat",
    last_active=when("when its last message was sent", MAC_ABSOLUTE),
    created=when("when the group was created", MAC_ABSOLUTE),
    renamed=when("when the group got its present name", MAC_ABSOLUTE),
    account=handle("the other party, or the group (`...@g.us`)"),
    chat_name=message("name of the contact or the group"),
    creator=handle("who created the group"),
    owner=handle("who owns the group"),
    renamed_by=handle("who gave the group its present name"),
    session_type=integer("0 with one person, 1 group, 2 broadcast, 3 status"),
    messages=integer("how many messages there were, as WhatsApp counts"),
    archived=integer("1 when it was moved to the archive"),
    hidden=integer("1 when it is not shown"),
    removed=integer("1 when it was deleted from the list"),
    draft=own(message("text that was typed and not sent")),
)
MEMBER = Schema(
    "ios.whatsapp_member",
    account=handle("the member"),
    chat=text("identifier of the conversation: the other party, or the group (`...@g.us`)"),
    chat_name=message("name of the contact or the group"),
    full_name=text("name of the member in the address book"),
    admin=integer("1 when they may change the group"),
    active=integer("1 when they are in the group, 0 when they left"),
)
NAME = Schema(
    "ios.whatsapp_name",
    account=handle("who it is"),
    title=text("name that they gave themselves"),
)
PLACES = ("**/ChatStorage.sqlite",)


@artifact(CHAT, *PLACES, tables=("ZWAMESSAGE", "ZWACHATSESSION"))
def chats(path: Path) -> Iterable[Row | Partly]:
    """Return one row a conversation."""
    flags = ("ZSESSIONTYPE", "ZMESSAGECOUNTER", "ZARCHIVED", "ZHIDDEN", "ZREMOVED", "ZSAVEDINPUT")
    layout = Layout(path)
    names = ("ZCONTACTJID", "ZPARTNERNAME", "ZLASTMESSAGEDATE", *flags, "ZGROUPINFO")
    s = layout.table("ZWACHATSESSION", *names, alias="s", key="Z_PK")
    who = ("ZCREATORJID", "ZOWNERJID", "ZSUBJECTOWNERJID")
    dates = ("ZCREATIONDATE", "ZSUBJECTTIMESTAMP")
    g, groups = layout.outer("ZWAGROUPINFO", "g", "Z_PK", s["ZGROUPINFO"], *dates, *who)
    return layout.query(
        f"SELECT 'ZWACHATSESSION ' || {s.key}, {s['ZLASTMESSAGEDATE']}, {', '.join(g[one] for one in dates)},"
        f" {s['ZCONTACTJID']}, {s['ZPARTNERNAME']}, {', '.join(g[one] for one in who)}, {', '.join(s[one] for one in flags)}"
        f" FROM ZWACHATSESSION AS s{groups}",
    )


@artifact(MEMBER, *PLACES, tables=("ZWAMESSAGE", "ZWAGROUPMEMBER"), optional=True)
def members(path: Path) -> Iterable[Row | Partly]:
    """Return one row for each member of each group, those who left among them."""
    flags = ("ZCONTACTNAME", "ZISADMIN", "ZISACTIVE")
    layout = Layout(path)
    m = layout.table("ZWAGROUPMEMBER", "ZMEMBERJID", "ZCHATSESSION", *flags, alias="m", key="Z_PK")
    s, groups = layout.outer("ZWACHATSESSION", "s", "Z_PK", m["ZCHATSESSION"], "ZCONTACTJID", "ZPARTNERNAME")
    return layout.query(
        f"SELECT 'ZWAGROUPMEMBER ' || {m.key}, {m['ZMEMBERJID']}, {s['ZCONTACTJID']}, {s['ZPARTNERNAME']},"
        f" {', '.join(m[one] for one in flags)} FROM ZWAGROUPMEMBER AS m{groups}",
    )


@artifact(NAME, *PLACES, tables=("ZWAMESSAGE", "ZWAPROFILEPUSHNAME"), optional=True)
def names(path: Path) -> Iterable[Row | Partly]:
    """Return one row for each account whose own name the device has learned, be it in contact or only in a group."""
    layout = Layout(path)
    n = layout.table("ZWAPROFILEPUSHNAME", "ZJID", "ZPUSHNAME", key="Z_PK")
    return layout.query(f"SELECT 'ZWAPROFILEPUSHNAME ' || {n.key}, {', '.join(n.values())} FROM ZWAPROFILEPUSHNAME")
