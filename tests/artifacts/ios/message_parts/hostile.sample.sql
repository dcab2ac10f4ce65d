-- Archives that are none, and values of other types.
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id);
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY, chat_identifier);
INSERT INTO chat VALUES (1, x'ff');
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, handle_id, date, is_from_me);
INSERT INTO message VALUES (1, 1, 'ayer', 'x');
CREATE TABLE recoverable_message_part (chat_id, message_id, part_index, delete_date, part_text);
INSERT INTO recoverable_message_part VALUES (1, 1, 'x', 'never', x'00ff'), (NULL, NULL, NULL, NULL, NULL),
 (1, 'x', 0, 690513500000000000, 'a text in place of an archive: http://a.bad.example/x'),
 (1, 1, 1, 690513500000000000, x'040B73747265616D747970656481E80384012B81FFFF41');
