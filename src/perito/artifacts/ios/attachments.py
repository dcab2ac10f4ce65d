"""Files sent and received with SMS and iMessages: name, kind, size, and the message each came with.

Rows of `attachment` in sms.db; one that no message names any more is kept. The content lies below
`Library/SMS/Attachments`. Zero-click exploits were delivered as attachments (https://citizenlab.ca/2021/09/
forcedentry-nso-group-imessage-zero-click-exploit-captured-in-the-wild/). See ios.message.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
from perito.records import MAC_NANOSECONDS, Row, Schema, file_name, handle, integer, outgoing, path, text, when

ATTACHMENT = Schema(
    "ios.attachment",
    created=when("when the attachment was created on this device", MAC_NANOSECONDS),
    began=when("when its transfer began", MAC_NANOSECONDS),
    sent=when("when its message was sent", MAC_NANOSECONDS),
    account=handle("the other party of its message"),
    outgoing=outgoing("1 when this device sent it, 0 when it received it"),
    message=text("its message: table and key"),
    path=path("where the device put the file"),
    file_name=file_name("name that its sender gave the file"),
    uti=text("Apple's type identifier, such as public.jpeg"),
    mime=text("media type, as announced"),
    bytes=integer("size of the file"),
    service=text("iMessage, SMS, RCS and so on"),
    transfer_state=integer("5 when it was transferred in full"),
    sticker=integer("1 when it is a sticker"),
    guid=text("identifier that Apple's servers know it by"),
)
PLACES = ("**/sms.db", "**/Library/Messages/chat.db")


@artifact(ATTACHMENT, *PLACES, tables=("message", "handle", "attachment"), optional=True)
def attachments(path: Path) -> Iterable[Row | Partly]:
    """Return one row an attachment, one more for each further message that names it."""
    layout = Layout(path)
    plain = ("filename", "transfer_name", "uti", "mime_type", "total_bytes")
    more = ("transfer_state", "guid", "start_date", "created_date", "is_outgoing", "is_sticker")
    a = layout.table("attachment", *plain, *more, alias="a", later=("transfer_name total_bytes", "is_sticker"))
    j, joins = layout.outer("message_attachment_join", "j", "attachment_id", a.key, "message_id")
    m, messages = layout.outer("message", "m", "ROWID", j["message_id"], "date", "service", "handle_id")
    h, handles = layout.outer("handle", "h", "ROWID", m["handle_id"], "id")
    return layout.query(
        f"SELECT 'attachment ' || {a.key}, nullif({a['created_date']}, 0), nullif({a['start_date']}, 0),"
        f" nullif({m['date']}, 0), {h['id']}, {a['is_outgoing']}, 'message ' || {j['message_id']},"
        f" {', '.join(a[one] for one in plain)}, {m['service']}, {a['transfer_state']}, {a['is_sticker']}, {a['guid']}"
        f" FROM attachment AS a{joins}{messages}{handles}",
    )
