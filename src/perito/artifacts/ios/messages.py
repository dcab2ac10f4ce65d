"""SMS and iMessages sent and received: what was written, by whom, when, and what was edited away or unsent.

One row is one row of `message` in sms.db (chat.db on a Mac). Clocks: nanoseconds since 2001 from iOS 11 on, seconds
before; 0 stands for never. On modern systems the text is often only in `attributedBody`; what the attributes link
to and earlier wordings of an edited message are kept as well. Documented by imessage-exporter
(https://github.com/ReagentX/imessage-exporter).
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import imessage, join, sqlite
from perito.artifacts.readers.damage import Partly
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
    earlier=message("earlier wordings of an edited message, one a line"),
)
NSURL = "x'4e5355524c'"
COUNT = "length(hex(m.text)) / 2"
ARCHIVED = (
    f"CASE WHEN {COUNT} < 128 THEN printf('2B%02X', {COUNT})"
    f" ELSE printf('2B81%02X%02X', {COUNT} % 256, {COUNT} / 256) END || hex(m.text)"
)
"""How an archive holds the text, in hexadecimal digits: type, number of bytes, bytes. Other archives are read."""


@artifact(MESSAGE, "**/sms.db", "**/Library/Messages/chat.db", tables=("message", "handle"))
def messages(path: Path) -> Iterable[Row | Partly]:
    """Return one row a message, in whichever of the two layouts the file has."""
    old = "handle_id" not in sqlite.columns(path, "message")
    return imessage.Messages(path, _before_ios_6(path) if old else _since_ios_6(path))


def _since_ios_6(path: Path) -> str:
    dates = ("date_read", "date_delivered", "date_edited", "date_retracted")
    plain = ("service", "guid", "item_type", "associated_message_type", "balloon_bundle_id", "group_title", "subject")
    blobs = ("attributedBody", "payload_data", "message_summary_info")
    others = ("account", "destination_caller_id", "cache_roomnames")
    m = sqlite.present(path, "message", *dates, *plain, *blobs, *others, alias="m")
    when_ = ", ".join(f"nullif({m[one]}, 0)" for one in dates)
    h, handles = join.outer(path, "handle", "h", "h.ROWID = m.handle_id", "id")
    chat, name, chats = _chats(path)
    gone, bin_ = _recently_deleted(path)
    body, bare = m["attributedBody"], "(m.text IS NULL OR m.text = '')"
    return (
        f"SELECT 'message ' || m.ROWID, nullif(m.date, 0), {when_}, {gone}, {h['id']}, m.is_from_me,"
        f" coalesce({m['destination_caller_id']}, {m['account']}), {m['service']},"
        f" coalesce({chat}, {m['cache_roomnames']}), {name}, {', '.join(m[one] for one in plain[1:])}, m.text,"
        f" CASE WHEN {bare} THEN NULL ELSE 'text' END, NULL, CASE WHEN {body} NOTNULL"
        f" AND ({bare} OR instr({body}, {NSURL}) > 0 OR instr(hex({body}), {ARCHIVED}) = 0) THEN hex({body}) END,"
        f" {_hex(m['payload_data'])}, {_hex(m['message_summary_info'])} FROM message AS m{handles}{chats}{bin_}"
    )


def _chats(path: Path) -> tuple[str, str, str]:
    """Return columns for identifier and name of a message's conversation, and their join; one row a message."""
    if not {"chat_message_join", "chat"} <= sqlite.tables(path):
        return "NULL", "NULL", ""
    c = sqlite.present(path, "chat", "chat_identifier", "display_name", alias="c")
    joined = (
        f" LEFT JOIN (SELECT j.message_id AS id, group_concat({c['chat_identifier']}, ' ') AS chat,"
        f" group_concat(nullif({c['display_name']}, ''), ' ') AS name FROM chat_message_join AS j"
        " LEFT JOIN chat AS c ON c.ROWID = j.chat_id GROUP BY j.message_id) AS t ON t.id = m.ROWID"
    )
    return "t.chat", "t.name", joined


def _recently_deleted(path: Path) -> tuple[str, str]:
    if "chat_recoverable_message_join" not in sqlite.tables(path):
        return "NULL", ""
    latest = "SELECT message_id AS id, max(delete_date) AS at FROM chat_recoverable_message_join GROUP BY message_id"
    return "nullif(d.at, 0)", f" LEFT JOIN ({latest}) AS d ON d.id = m.ROWID"


def _before_ios_6(path: Path) -> str:
    """SMS counted seconds since 1970 then, iMessages (`madrid`) seconds since 2001; `flags` 2 was received, 3 sent."""
    names = ("subject", "is_madrid", "madrid_handle", "madrid_date_read")
    later = ("madrid_date_delivered", "madrid_guid", "madrid_roomname", "madrid_service", "madrid_attributedBody")
    m = sqlite.present(path, "message", *names, *later, alias="m")
    since_1970 = f"typeof(m.date) = 'integer' AND coalesce({m['is_madrid']}, 0) = 0"
    bare = "(m.text IS NULL OR m.text = '')"
    return (
        f"SELECT 'message ' || m.ROWID, CASE WHEN {since_1970} THEN m.date - 978307200 ELSE m.date END,"
        f" nullif({m['madrid_date_read']}, 0), nullif({m['madrid_date_delivered']}, 0), NULL, NULL, NULL,"
        f" coalesce(m.address, {m['madrid_handle']}), CASE m.flags WHEN 2 THEN 0 WHEN 3 THEN 1 END, NULL,"
        f" {m['madrid_service']}, {m['madrid_roomname']}, NULL, {m['madrid_guid']}, NULL, NULL, NULL, NULL,"
        f" {m['subject']}, m.text, CASE WHEN {bare} THEN NULL ELSE 'text' END, NULL,"
        f" CASE WHEN {bare} THEN {_hex(m['madrid_attributedBody'])} END, NULL, NULL FROM message AS m"
    )


def _hex(column: str) -> str:
    return f"CASE WHEN {column} NOTNULL THEN hex({column}) END"
