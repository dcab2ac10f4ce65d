"""What came with WhatsApp messages: pictures, files, contacts, places, and the previews of links.

Both tables may still hold what belonged to a message that is gone. See ios.whatsapp_message.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
from perito.records import MAC_ABSOLUTE, Row, Schema, handle, integer, message, outgoing, path, real, text, url, when

MEDIA = Schema(
    "ios.whatsapp_media",
    sent=when("when its message was sent", MAC_ABSOLUTE),
    fetched=when("when its address on the server was issued", MAC_ABSOLUTE),
    account=handle("the other party of its message"),
    outgoing=outgoing("1 when this device sent its message, 0 when it received it"),
    message=text("its message: table and key, also where that row is gone"),
    path=path("where the file lies, below the app's folder"),
    url=url("where the file was fetched from, or the page that a preview shows"),
    bytes=integer("size of the file"),
    caption=message("caption, name of a file, or title of a preview"),
    author=message("author, as a preview names them"),
    vcard_name=text("name of a contact that was sent, or the file's SHA-256 in base 64"),
    vcard=message("contact card that was sent, or the file's kind"),
    latitude=real("degrees, of a place that was sent; of a picture its width"),
    longitude=real("degrees, of a place that was sent; of a picture its height"),
)
LINK = Schema(
    "ios.whatsapp_link",
    sent=when("when its message was sent", MAC_ABSOLUTE),
    account=handle("the other party of its message"),
    outgoing=outgoing("1 when this device sent its message, 0 when it received it"),
    message=text("its message: table and key, also where that row is gone"),
    matched=message("the link as it was written in the text"),
    url=url("address that the preview leads to"),
    content=message("second address or text of the preview"),
    title=text("title of the page, as the preview shows it"),
    summary=message("summary of the page, as the preview shows it"),
)
PLACES = ("**/ChatStorage.sqlite",)
NEVER = -63114076800
"""Apple's distant past, which stands for no time."""


@artifact(MEDIA, *PLACES, version=2, tables=("ZWAMESSAGE", "ZWAMEDIAITEM"), optional=True)
def media(path: Path) -> Iterable[Row | Partly]:
    """Return one row a media item, with the message it came with if that is left."""
    here = ("ZMEDIALOCALPATH", "ZMEDIAURL", "ZFILESIZE", "ZTITLE", "ZAUTHORNAME", "ZVCARDNAME", "ZVCARDSTRING")
    layout = Layout(path)
    more = ("ZLATITUDE", "ZLONGITUDE", "ZMEDIAURLDATE", "ZMESSAGE")
    i = layout.table("ZWAMEDIAITEM", *here, *more, alias="i", key="Z_PK", maybe=("ZMEDIAURLDATE",))
    sent, who, joins = _message(layout, i["ZMESSAGE"])
    return layout.query(
        f"SELECT 'ZWAMEDIAITEM ' || {i.key}, {sent}, nullif({i['ZMEDIAURLDATE']}, {NEVER}), {who},"
        f" 'ZWAMESSAGE ' || {i['ZMESSAGE']}, {', '.join(i[one] for one in here)}, {i['ZLATITUDE']}, {i['ZLONGITUDE']}"
        f" FROM ZWAMEDIAITEM AS i{joins}",
    )


@artifact(LINK, *PLACES, version=2, tables=("ZWAMESSAGE", "ZWAMESSAGEDATAITEM"), optional=True)
def links(path: Path) -> Iterable[Row | Partly]:
    """Return one row a link preview, with the message it came with if that is left."""
    here = ("ZMATCHEDTEXT", "ZCONTENT1", "ZCONTENT2", "ZTITLE", "ZSUMMARY")
    layout = Layout(path)
    i = layout.table("ZWAMESSAGEDATAITEM", *here, "ZMESSAGE", alias="i", key="Z_PK")
    sent, who, joins = _message(layout, i["ZMESSAGE"])
    return layout.query(
        f"SELECT 'ZWAMESSAGEDATAITEM ' || {i.key}, {sent}, {who}, 'ZWAMESSAGE ' || {i['ZMESSAGE']},"
        f" {', '.join(i[one] for one in here)} FROM ZWAMESSAGEDATAITEM AS i{joins}",
    )


def _message(layout: Layout, key: str) -> tuple[str, str, str]:
    """Return time, other party and direction of the message a row belongs to, and the join that brings them."""
    names = ("ZMESSAGEDATE", "ZFROMJID", "ZTOJID", "ZGROUPMEMBER", "ZISFROMME")
    m, messages = layout.outer("ZWAMESSAGE", "m", "Z_PK", key, *names)
    g, members = layout.outer("ZWAGROUPMEMBER", "g", "Z_PK", m["ZGROUPMEMBER"], "ZMEMBERJID")
    who = f"coalesce({g['ZMEMBERJID']}, {m['ZFROMJID']}, {m['ZTOJID']}), {m['ZISFROMME']}"
    return m["ZMESSAGEDATE"], who, f"{messages}{members}"
