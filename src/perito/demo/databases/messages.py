"""Messages.app: sms.db of iOS 9 to 17, columns by version, dates in seconds before iOS 11 and in nanoseconds since."""

import itertools
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from perito.demo.phone import Attachment, Phone, Sms
from perito.demo.tables import Part, Version, database, fill, guid, mac
from perito.demo.typedstream import attributed

COLUMNS: dict[int, str] = {  # since which iOS
    9: """ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT, replace INTEGER DEFAULT 0,
        service_center TEXT, handle_id INTEGER DEFAULT 0, subject TEXT, country TEXT, attributedBody BLOB,
        version INTEGER DEFAULT 0, type INTEGER DEFAULT 0, service TEXT, account TEXT, account_guid TEXT,
        error INTEGER DEFAULT 0, date INTEGER, date_read INTEGER, date_delivered INTEGER,
        is_delivered INTEGER DEFAULT 0, is_finished INTEGER DEFAULT 0, is_emote INTEGER DEFAULT 0,
        is_from_me INTEGER DEFAULT 0, is_empty INTEGER DEFAULT 0, is_delayed INTEGER DEFAULT 0,
        is_auto_reply INTEGER DEFAULT 0, is_prepared INTEGER DEFAULT 0, is_read INTEGER DEFAULT 0,
        is_system_message INTEGER DEFAULT 0, is_sent INTEGER DEFAULT 0, has_dd_results INTEGER DEFAULT 0,
        is_service_message INTEGER DEFAULT 0, is_forward INTEGER DEFAULT 0, was_downgraded INTEGER DEFAULT 0,
        is_archive INTEGER DEFAULT 0, cache_has_attachments INTEGER DEFAULT 0, cache_roomnames TEXT,
        was_data_detected INTEGER DEFAULT 0, was_deduplicated INTEGER DEFAULT 0, is_audio_message INTEGER DEFAULT 0,
        is_played INTEGER DEFAULT 0, date_played INTEGER, item_type INTEGER DEFAULT 0, other_handle INTEGER DEFAULT 0,
        group_title TEXT, group_action_type INTEGER DEFAULT 0, share_status INTEGER DEFAULT 0,
        share_direction INTEGER DEFAULT 0, is_expirable INTEGER DEFAULT 0, expire_state INTEGER DEFAULT 0,
        message_action_type INTEGER DEFAULT 0, message_source INTEGER DEFAULT 0""",
    10: """associated_message_guid TEXT, associated_message_type INTEGER DEFAULT 0, balloon_bundle_id TEXT,
        payload_data BLOB, expressive_send_style_id TEXT, associated_message_range_location INTEGER DEFAULT 0,
        associated_message_range_length INTEGER DEFAULT 0, time_expressive_send_played INTEGER,
        message_summary_info BLOB""",
    11: """ck_sync_state INTEGER DEFAULT 0, ck_record_id TEXT, ck_record_change_tag TEXT, destination_caller_id TEXT""",
    12: """sr_ck_sync_state INTEGER DEFAULT 0, sr_ck_record_id TEXT, sr_ck_record_change_tag TEXT""",
    13: """is_corrupt INTEGER DEFAULT 0, reply_to_guid TEXT DEFAULT NULL, sort_id INTEGER DEFAULT 0,
        is_spam INTEGER DEFAULT 0""",
    14: """has_unseen_mention INTEGER DEFAULT 0, thread_originator_guid TEXT DEFAULT NULL,
        thread_originator_part TEXT DEFAULT NULL""",
    15: """syndication_ranges TEXT DEFAULT NULL, was_delivered_quietly INTEGER DEFAULT 0,
        did_notify_recipient INTEGER DEFAULT 0, synced_syndication_ranges TEXT DEFAULT NULL""",
    16: """date_retracted INTEGER DEFAULT 0, date_edited INTEGER DEFAULT 0, was_detonated INTEGER DEFAULT 0,
        part_count INTEGER, is_stewie INTEGER DEFAULT 0, is_kt_verified INTEGER DEFAULT 0, is_sos INTEGER DEFAULT 0,
        is_critical INTEGER DEFAULT 0, bia_reference_id TEXT DEFAULT NULL, fallback_hash TEXT DEFAULT NULL""",
}
OTHERS = """
CREATE TABLE _SqliteDatabaseProperties (key TEXT, value TEXT, UNIQUE(key));
CREATE TABLE deleted_messages (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, guid TEXT NOT NULL);
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT,
    service TEXT NOT NULL, uncanonicalized_id TEXT, person_centric_id TEXT, UNIQUE (id, service));
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, style INTEGER, state INTEGER,
    account_id TEXT, properties BLOB, chat_identifier TEXT, service_name TEXT, room_name TEXT, account_login TEXT,
    is_archived INTEGER DEFAULT 0, last_addressed_handle TEXT, display_name TEXT, group_id TEXT, is_filtered INTEGER,
    successful_query INTEGER);
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL,
    created_date INTEGER DEFAULT 0, start_date INTEGER DEFAULT 0, filename TEXT, uti TEXT, mime_type TEXT,
    transfer_state INTEGER DEFAULT 0,
    is_outgoing INTEGER DEFAULT 0, user_info BLOB, transfer_name TEXT, total_bytes INTEGER DEFAULT 0,
    is_sticker INTEGER DEFAULT 0, sticker_user_info BLOB, attribution_info BLOB, hide_attachment INTEGER DEFAULT 0);
CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER, UNIQUE(chat_id, handle_id));
CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, PRIMARY KEY (chat_id, message_id));
CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER, UNIQUE(message_id, attachment_id));
"""
INDEXES = """
CREATE INDEX message_idx_handle ON message(handle_id, date);
CREATE INDEX message_idx_date ON message(date);
CREATE INDEX chat_message_join_idx_message_id_only ON chat_message_join(message_id);
"""
MESSAGE = """guid, text, attributedBody, handle_id, service, account, date, date_read, date_delivered, is_delivered,
    is_finished, is_from_me, is_read, is_sent, cache_has_attachments"""
ATTACHMENT = """guid, created_date, start_date, filename, uti, mime_type, transfer_state, is_outgoing, transfer_name,
    total_bytes"""
UTI = {"image/jpeg": "public.jpeg", "image/gif": "com.compuserve.gif", "image/png": "public.png"}


def parts(phone: Phone, ios: Version) -> Iterator[Part]:
    """Give sms.db if the phone holds messages."""
    if phone.messages:
        yield Part("HomeDomain", "Library/SMS/sms.db", partial(write, rows=phone.messages, ios=ios))


def schema(ios: Version) -> str:
    """Return the tables of sms.db as this iOS made them."""
    columns = ", ".join(text for since, text in COLUMNS.items() if since <= max(ios[0], 9))
    return f"CREATE TABLE message ({' '.join(columns.split())});{OTHERS}"


def write(path: Path, rows: Iterable[Sms], ios: Version = (14, 3)) -> None:
    """Write sms.db; the n-th row is message n, the n-th attachment is attachment n."""
    book = _Book(ios)
    with database(path, schema(ios)) as sms:
        fill(sms, "message", MESSAGE, map(book.message, itertools.count(1), rows))
        keys = [(key, *pair) for pair, key in book.handles.items()]
        fill(sms, "handle", "ROWID, id, service, country", ((*key, "mx") for key in keys))
        chat = "ROWID, guid, style, state, account_id, chat_identifier, service_name, is_filtered"
        account = guid(0, 1)
        fill(sms, "chat", chat, ((k, f"{s};-;{i}", 45, 3, account, i, s, 0) for k, i, s in keys))
        fill(sms, "chat_handle_join", "chat_id, handle_id", ((key, key) for key, *_ in keys))
        sms.execute("INSERT INTO chat_message_join SELECT handle_id, ROWID FROM message WHERE handle_id > 0")
        fill(sms, "attachment", ATTACHMENT, (row for _, row in book.attachments))
        holders = enumerate((message for message, _ in book.attachments), 1)
        fill(sms, "message_attachment_join", "attachment_id, message_id", holders)
        sms.executescript(INDEXES)


class _Book:
    """Numbers handles and attachments while the messages go by."""

    def __init__(self, ios: Version) -> None:
        self.handles: dict[tuple[str, str], int] = {}
        self.attachments: list[tuple[int, tuple[Any, ...]]] = []
        self.tick = 1_000_000_000 if ios >= (11,) else 1

    def clock(self, when: float | None) -> int:
        """Return the time in this version's unit since 2001; 0, not NULL, for "never", as iOS does."""
        return 0 if when is None else round((mac(when) or 0) * self.tick)

    def message(self, number: int, row: Sms) -> tuple[Any, ...]:
        """Return one row of the message table."""
        pair = (row.peer, row.service)
        handle = self.handles.setdefault(pair, len(self.handles) + 1) if row.peer else 0
        if row.attachment:
            self.attachments.append((number, self.attachment(number, row, row.attachment)))
        body = attributed(row.text) if row.hidden or row.service == "iMessage" else None
        date, read, delivered = self.clock(row.when), self.clock(row.read), self.clock(row.delivered)
        mine = int(row.from_me)
        has = int(row.attachment is not None)
        account = "e:" if row.service == "iMessage" else "p:+525555500100"
        text = None if row.hidden else row.text
        return (
            *(guid(number), text, body, handle, row.service, account, date, read, delivered),
            *(int(delivered > 0), 1, mine, int(read > 0 or mine), mine, has),
        )

    def attachment(self, number: int, row: Sms, file: Attachment) -> tuple[Any, ...]:
        """Return one row of the attachment table; its dates stay in seconds in every version."""
        when = round(mac(row.when) or 0)
        name = file.path.rpartition("/")[2]
        uti = UTI.get(file.mime, "public.data")
        return guid(number, 2), when, when, file.path, uti, file.mime, 5, int(row.from_me), name, file.size
