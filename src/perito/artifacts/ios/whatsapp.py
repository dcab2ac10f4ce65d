"""WhatsApp messages sent and received, also those of groups, as the iPhone keeps them in ChatStorage.sqlite.

A message may name its other party by phone number (`...@s.whatsapp.net`) or by an opaque number (`...@lid`), which
ios.whatsapp_lid resolves. Documented by iLEAPP (https://github.com/abrignoni/iLEAPP) and
https://github.com/domingogallardo/SwiftWABackupAPI.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
from perito.records import MAC_ABSOLUTE, Row, Schema, handle, integer, message, outgoing, text, when

MESSAGE = Schema(
    "ios.whatsapp_message",
    sent=when("when its sender sent it", MAC_ABSOLUTE),
    handled=when("when this device handed it to the server or took it from there", MAC_ABSOLUTE),
    account=handle("the other party: the member of the group who wrote it, else the sender, else the recipient"),
    outgoing=outgoing("1 when this device sent it, 0 when it received it"),
    chat=text("identifier of the conversation: the other party, or the group (`...@g.us`)"),
    chat_name=message("name of the contact or the group"),
    sender_name=message("name that the sender gave themselves; in newer versions an encoded form"),
    item_type=integer("0 text, 1 picture, 2 film, 3 sound, 4 contact, 5 place, 6 and 10 notices, 7 link, 8 file"),
    starred=integer("1 when it was marked with a star"),
    guid=text("identifier that WhatsApp's servers know it by"),
    text=message("what was written"),
)


@artifact(MESSAGE, "**/ChatStorage.sqlite", tables=("ZWAMESSAGE",))
def messages(path: Path) -> Iterable[Row | Partly]:
    """Return one row a message, notices of the app among them."""
    keys = ("ZCHATSESSION", "ZGROUPMEMBER", "ZSENTDATE", "ZPUSHNAME", "ZSTARRED", "ZSTANZAID", "ZMESSAGETYPE")
    main = ("ZMESSAGEDATE", "ZISFROMME", "ZFROMJID", "ZTOJID", "ZTEXT")
    layout = Layout(path)
    m = layout.table("ZWAMESSAGE", *main, *keys, alias="m", key="Z_PK", maybe=("ZSENTDATE", "ZPUSHNAME", "ZSTARRED"))
    s, chats = layout.outer("ZWACHATSESSION", "s", "Z_PK", m["ZCHATSESSION"], "ZCONTACTJID", "ZPARTNERNAME")
    g, members = layout.outer("ZWAGROUPMEMBER", "g", "Z_PK", m["ZGROUPMEMBER"], "ZMEMBERJID")
    return layout.query(
        f"SELECT 'ZWAMESSAGE ' || {m.key}, {m['ZMESSAGEDATE']}, {m['ZSENTDATE']},"
        f" coalesce({g['ZMEMBERJID']}, {m['ZFROMJID']}, {m['ZTOJID']}), {m['ZISFROMME']}, {s['ZCONTACTJID']},"
        f" {s['ZPARTNERNAME']}, {m['ZPUSHNAME']}, {m['ZMESSAGETYPE']}, {m['ZSTARRED']}, {m['ZSTANZAID']}, {m['ZTEXT']}"
        f" FROM ZWAMESSAGE AS m{chats}{members}",
    )
