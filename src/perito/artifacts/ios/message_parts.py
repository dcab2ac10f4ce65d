"""Parts of messages that were deleted: what they said, and from which message and conversation.

Rows of `recoverable_message_part` in sms.db of iOS 16 and later, where a part stays for some weeks after it was deleted
while the rest of its message was kept. See ios.message.
"""

from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import imessage
from perito.artifacts.readers.damage import Damaged, Partly
from perito.artifacts.readers.layout import Layout
from perito.base.text import excerpt
from perito.records import MAC_NANOSECONDS, Row, Schema, handle, integer, message, outgoing, text, when

PART = Schema(
    "ios.deleted_message_part",
    discarded=when("when it was moved to Recently Deleted", MAC_NANOSECONDS),
    sent=when("when its message was sent", MAC_NANOSECONDS),
    account=handle("the other party of its message"),
    outgoing=outgoing("1 when this device sent it, 0 when it received it"),
    chat=text("identifier of the conversation: the other party, or the room of a group"),
    message=text("its message: table and key"),
    number=integer("place of the part in its message, from 0"),
    text=message("what was written"),
    links=message("addresses its attributes lead to that its text does not show, one a line"),
)
TEXT = "part_text"


@artifact(
    PART, "**/sms.db", "**/Library/Messages/chat.db", tables=("message", "handle", "recoverable_message_part"),
    optional=True,
)  # fmt: skip
def parts(path: Path) -> Iterator[Row | Partly]:
    """Yield a part in each row; an archive that cannot be read is told."""
    layout = Layout(path)
    names = ("chat_id", "message_id", "part_index", "delete_date", TEXT)
    p = layout.table("recoverable_message_part", *names, alias="p")
    m, messages = layout.outer("message", "m", "ROWID", p["message_id"], "date", "is_from_me", "handle_id")
    h, handles = layout.outer("handle", "h", "ROWID", m["handle_id"], "id")
    c, chats = layout.outer("chat", "c", "ROWID", p["chat_id"], "chat_identifier")
    rows = layout.query(
        f"SELECT 'recoverable_message_part ' || {p.key}, nullif({p['delete_date']}, 0), nullif({m['date']}, 0),"
        f" {h['id']}, {m['is_from_me']}, {c['chat_identifier']}, 'message ' || {p['message_id']}, {p['part_index']},"
        f" {p[TEXT]} FROM recoverable_message_part AS p{messages}{handles}{chats} ORDER BY {p.key}"
    )
    for row in rows:
        if isinstance(row, Partly):
            yield row
            continue
        *told, archive = row
        said: list[str] = []
        try:
            said = imessage.written(archive) if isinstance(archive, bytes) else []
        except Damaged as error:
            yield Partly(str(row[0]), f"{TEXT}: {error}", excerpt(archive))
        links = [one for one in said[1:] if imessage.leads_elsewhere(one, said[0])]
        plain = archive if isinstance(archive, str) else None
        yield *told, said[0] if said else plain, "\n".join(links) or None
