-- A conversation with one person, a group of two, a join whose conversation is gone; two deleted messages.
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, date INTEGER);
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT, service TEXT, country TEXT);
INSERT INTO handle VALUES (1, '+525555500101', 'SMS', 'mx'), (2, 'ana@example.org', 'iMessage', 'us');
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY, chat_identifier TEXT, display_name TEXT, style INTEGER,
  is_archived INTEGER, is_filtered INTEGER);
INSERT INTO chat VALUES (1, '+525555500101', '', 45, 0, 1), (2, 'chat100200300', 'Mesa de redacción', 43, 1, 0);
CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER, UNIQUE (chat_id, handle_id));
INSERT INTO chat_handle_join VALUES (1, 1), (2, 1), (2, 2), (9, 2);
CREATE TABLE deleted_messages (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT NOT NULL);
INSERT INTO deleted_messages VALUES (4, 'D-4'), (7, 'D-7');
