"""SMS and iMessages sent and received: what was written, by whom, when, and what was edited away or unsent.

One row is one row of `message` in sms.db (chat.db on a Mac). Clocks: nanoseconds since 2001 from iOS 11 on, seconds
before; 0 stands for never. On modern systems the text is often only in `attributedBody`; what the attributes link
to and earlier wordings of an edited message are kept as well. Documented by imessage-exporter
(https://github.com/ReagentX/imessage-exporter).
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import imessage
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Columns, Layout
from perito.records import MAC_NANOSECONDS, Row, Schema, handle, integer, message, outgoing, text, when

MESSAGE = Schema(
    "ios.message",
    sent=when("when it was sent or, for one received, when its sender sent it", MAC_NANOSECONDS),
    read=when("when it was read, here or by the other party", MAC_NANOSECONDS),
    delivered=when("when it reached the other device", MAC_NANOSECONDS),
    edited=when("when it was last edited (iOS 16 and later)", MAC_NANOSECONDS),
    retracted=when("when it was unsent (iOS 16 and later)", MAC_NANOSECONDS),
    discarded=when("when it was moved to Recently Deleted (iOS 16 and later)", MAC_NANOSECONDS),
    account=handle("the other party; missing where the row names none (handle_id 0)"),
    outgoing=outgoing("1 when this device sent it, 0 when it received it"),
    own_account=text("number or address of this device that carried it"),
    service=text("iMessage, SMS, RCS and so on"),
    chat=text("identifier of the conversation: the other party, or the room of a group"),
    chat_name=message("name that somebody gave the group"),
    guid=text("identifier that Apple's servers know it by"),
    item_type=integer("0 a message; others change a group: 1 members, 2 name, 3 leaving"),
    associated_type=integer("0 a message of its own; 2000 and up a reaction to another one"),
    balloon=text("app that draws it, such as the link preview"),
    group_title=message("new name of the group, where the row changes it"),
    subject=message("subject line"),
    text=message("what was written"),
    text_column=text("column that the text was read from: text or attributedBody"),
    body_text=message("what attributedBody says, where that is not what the text column says"),
    links=message("addresses its attributes lead to that its text does not show, one a line"),
    preview=message("strings of the preview that came with it (title, summary, addresses), one a line"),
    earlier=message("other wordings of an edited message, and what a reaction answers, one a line"),
)
NSURL = "x'4e5355524c'"
CHAT = ("chat_identifier", "display_name")
LATER = (
    "item_type group_title",
    "associated_message_type balloon_bundle_id payload_data message_summary_info",
    "destination_caller_id",
    "date_edited date_retracted",
)
"""Columns that came after iOS 6: by 9, with 10, with 11, with 16 (https://github.com/richinfante/iphonebackuptools)."""


def archived(text_: str) -> str:
    """Return how an archive holds a text, in hexadecimal digits: type, number of bytes, bytes. Others are read."""
    count = f"length(hex({text_})) / 2"
    return (
        f"CASE WHEN {count} < 128 THEN printf('2B%02X', {count})"
        f" ELSE printf('2B81%02X%02X', {count} % 256, {count} / 256) END || hex({text_})"
    )


@artifact(MESSAGE, "**/sms.db", "**/Library/Messages/chat.db", version=3, tables=("message", "handle"))
def messages(path: Path) -> Iterable[Row | Partly]:
    """Return one row a message, in whichever of the two layouts the file has."""
    layout = Layout(path)
    here = layout.columns("message")
    old = "handle_id" not in here and bool(here & {"address", "flags", "madrid_handle"})
    sql = _before_ios_6(layout) if old else _since_ios_6(layout)
    return imessage.Messages(path, sql, layout.lacks())


def _since_ios_6(layout: Layout) -> str:
    dates = ("date_read", "date_delivered", "date_edited", "date_retracted")
    plain = ("service", "guid", "item_type", "associated_message_type", "balloon_bundle_id", "group_title", "subject")
    blobs = ("attributedBody", "payload_data", "message_summary_info")
    others = ("account", "destination_caller_id", "cache_roomnames", "handle_id", "date", "is_from_me", "text")
    m = layout.table("message", *dates, *plain, *blobs, *others, alias="m", later=LATER)
    when_ = ", ".join(f"nullif({m[one]}, 0)" for one in ("date", *dates))
    h, handles = layout.outer("handle", "h", "ROWID", m["handle_id"], "id")
    chat, name, chats = _chats(layout)
    gone, chat_gone, name_gone, bin_ = _recently_deleted(layout)
    text_, body = m["text"], m["attributedBody"]
    bare = f"({text_} IS NULL OR {text_} = '')"
    return (
        f"SELECT 'message ' || {m.key}, {when_}, {gone}, {h['id']}, {m['is_from_me']},"
        f" coalesce({m['destination_caller_id']}, {m['account']}), {m['service']},"
        f" coalesce({chat}, {chat_gone}, {m['cache_roomnames']}), coalesce({name}, {name_gone}),"
        f" {', '.join(m[one] for one in plain[1:])}, {text_},"
        f" CASE WHEN {bare} THEN NULL ELSE 'text' END, NULL, CASE WHEN {body} NOTNULL"
        f" AND ({bare} OR instr({body}, {NSURL}) > 0 OR instr(hex({body}), {archived(text_)}) = 0) THEN hex({body}) END,"
        f" {_hex(m['payload_data'])}, {_hex(m['message_summary_info'])} FROM message AS m{handles}{chats}{bin_}"
    )


def _chats(layout: Layout) -> tuple[str, str, str]:
    """Return columns for identifier and name of a message's conversation, and their join; one row a message."""
    j = layout.beside("chat_message_join", "message_id", "chat_id", alias="j")
    c, chats = layout.outer("chat", "c", "ROWID", j["chat_id"], *CHAT, later=("display_name",))
    if j["message_id"] == "NULL" or not chats:
        return "NULL", "NULL", ""
    joined = (
        f" LEFT JOIN (SELECT {j['message_id']} AS id, {_listed(c)} FROM chat_message_join AS j{chats}"
        " GROUP BY 1) AS t ON t.id = m.rowid"
    )
    return "t.chat", "t.name", joined


def _recently_deleted(layout: Layout) -> tuple[str, str, str, str]:
    """Return columns for when a message was moved to Recently Deleted, and from which conversation, and their join.

    Its row stays in `message`; that of `chat_message_join` moves to `chat_recoverable_message_join`.
    """
    d = layout.beside("chat_recoverable_message_join", "message_id", "chat_id", "delete_date", alias="j", new=True)
    if d["message_id"] == "NULL":
        return "NULL", "NULL", "NULL", ""
    c, chats = layout.outer("chat", "c", "ROWID", d["chat_id"], *CHAT, later=("display_name",))
    latest = (
        f"SELECT {d['message_id']} AS id, max({d['delete_date']}) AS at, {_listed(c)}"
        f" FROM chat_recoverable_message_join AS j{chats} GROUP BY 1"
    )
    return "nullif(d.at, 0)", "d.chat", "d.name", f" LEFT JOIN ({latest}) AS d ON d.id = m.rowid"


def _listed(chat: Columns) -> str:
    return (
        f"group_concat({chat['chat_identifier']}, ' ') AS chat,"
        f" group_concat(nullif({chat['display_name']}, ''), ' ') AS name"
    )


def _before_ios_6(layout: Layout) -> str:
    """SMS counted seconds since 1970 then, iMessages (`madrid`) seconds since 2001; `flags` 2 was received, 3 sent."""
    names = ("date", "address", "flags", "text", "subject")
    madrid = ("handle", "date_read", "date_delivered", "guid", "roomname", "service", "attributedBody")
    later = ("is_madrid", *(f"madrid_{one}" for one in madrid))
    m = layout.table("message", *names, *later, alias="m", later=("subject", " ".join(later)))
    text_, date = m["text"], m["date"]
    since_1970 = f"typeof({date}) = 'integer' AND coalesce({m['is_madrid']}, 0) = 0"
    bare = f"({text_} IS NULL OR {text_} = '')"
    return (
        f"SELECT 'message ' || {m.key}, CASE WHEN {since_1970} THEN {date} - 978307200 ELSE {date} END,"
        f" nullif({m['madrid_date_read']}, 0), nullif({m['madrid_date_delivered']}, 0), NULL, NULL, NULL,"
        f" coalesce({m['address']}, {m['madrid_handle']}), CASE {m['flags']} WHEN 2 THEN 0 WHEN 3 THEN 1 END, NULL,"
        f" {m['madrid_service']}, {m['madrid_roomname']}, NULL, {m['madrid_guid']}, NULL, NULL, NULL, NULL,"
        f" {m['subject']}, {text_}, CASE WHEN {bare} THEN NULL ELSE 'text' END, NULL,"
        f" CASE WHEN {bare} THEN {_hex(m['madrid_attributedBody'])} END, NULL, NULL FROM message AS m"
    )


def _hex(column: str) -> str:
    return f"CASE WHEN {column} NOTNULL THEN hex({column}) END"
