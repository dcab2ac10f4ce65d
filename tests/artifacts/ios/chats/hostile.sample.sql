-- Names that are no text; no table of deleted messages.
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, date INTEGER);
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id, service);
INSERT INTO handle VALUES (1, x'ff', 4.5);
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY, chat_identifier, display_name, style);
INSERT INTO chat VALUES (1, NULL, 'Soporte Apple http://a.bad.example', 'group');
CREATE TABLE chat_handle_join (chat_id, handle_id);
INSERT INTO chat_handle_join VALUES (1, 1), ('x', NULL);
