-- iOS 18: a message in Recently Deleted has left its conversation for a table of its own; an RCS message stays.
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT, service TEXT NOT NULL,
  uncanonicalized_id TEXT, person_centric_id TEXT, UNIQUE (id, service));
INSERT INTO handle VALUES (1, '+525555500101', 'mx', 'RCS', NULL, NULL), (2, 'stranger@bad.example', 'mx', 'iMessage', NULL, NULL);
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, style INTEGER, chat_identifier TEXT,
  service_name TEXT, display_name TEXT, is_archived INTEGER DEFAULT 0, is_filtered INTEGER DEFAULT 0);
INSERT INTO chat VALUES (1, 'G-1', 45, '+525555500101', 'RCS', NULL, 0, 0), (2, 'G-2', 43, 'chat100200300', 'iMessage', 'Mesa', 0, 1);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT, handle_id INTEGER DEFAULT 0,
  subject TEXT, attributedBody BLOB, service TEXT, account TEXT, date INTEGER, date_read INTEGER, date_delivered INTEGER,
  is_from_me INTEGER DEFAULT 0, cache_roomnames TEXT, item_type INTEGER DEFAULT 0, group_title TEXT,
  associated_message_type INTEGER DEFAULT 0, balloon_bundle_id TEXT, payload_data BLOB, message_summary_info BLOB,
  destination_caller_id TEXT, date_retracted INTEGER, date_edited INTEGER, associated_message_emoji TEXT,
  schedule_type INTEGER DEFAULT 0, date_recovered INTEGER DEFAULT 0);
INSERT INTO message VALUES
 (1, 'F-1', 'Nos vemos', 1, NULL, NULL, 'RCS', 'p:+525555500100', 760000000000000000, 0, 0, 0, NULL, 0, NULL, 0, NULL, NULL, NULL, '+525555500100', 0, 0, NULL, 0, 0),
 (2, 'F-2', 'Mira https://a.bad.example/1234567s/', 2, NULL, NULL, 'iMessage', 'p:+525555500100', 760000100000000000, 0, 0, 0, NULL, 0, NULL, 0, NULL, NULL, NULL, '+525555500100', 0, 0, NULL, 0, 0);
CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, message_date INTEGER DEFAULT 0, PRIMARY KEY (chat_id, message_id));
INSERT INTO chat_message_join VALUES (1, 1, 760000000000000000);
CREATE TABLE chat_recoverable_message_join (chat_id INTEGER, message_id INTEGER, delete_date INTEGER, ck_sync_state INTEGER DEFAULT 0,
  PRIMARY KEY (chat_id, message_id), CHECK (delete_date != 0));
INSERT INTO chat_recoverable_message_join VALUES (2, 2, 760000200000000000, 0);
