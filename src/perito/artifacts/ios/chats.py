"""Who takes part in each conversation of Messages, and which messages the device remembers as deleted.

Rows of `chat_handle_join` (a conversation and one party of it) and of `deleted_messages` (identifiers only; iOS
empties it when iCloud has taken note) in sms.db. See ios.message.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
from perito.records import Row, Schema, handle, integer, message, text

MEMBER = Schema(
    "ios.chat_member",
    account=handle("a party of the conversation other than this device"),
    service=text("iMessage, SMS, RCS and so on"),
    country=text("country code of the other party, as the device guessed it"),
    chat=text("identifier of the conversation: the other party, or the room of a group"),
    chat_name=message("name that somebody gave the group"),
    style=integer("45 one other party, 43 a group"),
    archived=integer("1 when it was moved out of the list"),
    filtered=integer("above 0 when iOS keeps it apart from known senders"),
)
DELETED = Schema("ios.deleted_message", guid=text("identifier that Apple's servers knew the message by"))
PLACES = ("**/sms.db", "**/Library/Messages/chat.db")
JOINS = ("chat", "handle", "chat_handle_join")


@artifact(MEMBER, *PLACES, tables=("message", *JOINS), optional=True)
def members(path: Path) -> Iterable[Row | Partly]:
    """Return one row for each party of each conversation."""
    layout = Layout(path)
    names = ("chat_identifier", "display_name", "style", "is_archived", "is_filtered")
    j = layout.table("chat_handle_join", "chat_id", "handle_id", alias="j")
    c, chats = layout.outer("chat", "c", "ROWID", j["chat_id"], *names, later=("display_name is_filtered",))
    h, handles = layout.outer("handle", "h", "ROWID", j["handle_id"], "id", "service", "country")
    return layout.query(
        f"SELECT 'chat_handle_join ' || {j.key}, {', '.join(h.values())}, {c['chat_identifier']},"
        f" nullif({c['display_name']}, ''), {c['style']}, {c['is_archived']}, {c['is_filtered']}"
        f" FROM chat_handle_join AS j{chats}{handles}",
    )


@artifact(DELETED, *PLACES, tables=("message", "handle", "deleted_messages"), optional=True)
def deleted(path: Path) -> Iterable[Row | Partly]:
    """Return one row a message that was deleted and is remembered."""
    layout = Layout(path)
    have = layout.table("deleted_messages", "guid")
    return layout.query(f"SELECT 'deleted_messages ' || {have.key}, {have['guid']} FROM deleted_messages")
