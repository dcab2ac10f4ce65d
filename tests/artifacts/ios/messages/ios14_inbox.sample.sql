-- iOS 14: an SMS, an iMessage to oneself (no handle), a group that changed its name, a message in two conversations.
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT, service TEXT, country TEXT);
INSERT INTO handle VALUES (1, '+525555500101', 'SMS', 'mx'), (2, 'ana@example.org', 'iMessage', 'mx');
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY, chat_identifier TEXT, display_name TEXT);
INSERT INTO chat VALUES (1, '+525555500101', ''), (2, 'chat100200300', 'Mesa de redacción'), (3, 'ana@example.org', NULL);
CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, PRIMARY KEY (chat_id, message_id));
INSERT INTO chat_message_join VALUES (1, 1), (2, 3), (2, 4), (3, 5), (2, 5);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid TEXT, text TEXT, subject TEXT, attributedBody BLOB,
  handle_id INTEGER, service TEXT, account TEXT, destination_caller_id TEXT, date INTEGER, date_read INTEGER,
  date_delivered INTEGER, is_from_me INTEGER, cache_roomnames TEXT, item_type INTEGER, group_title TEXT,
  associated_message_type INTEGER, balloon_bundle_id TEXT, payload_data BLOB, message_summary_info BLOB);
INSERT INTO message VALUES
 (1, 'A-1', 'UNOTV: ve la nota en http://a.bad.example/1234567s/', NULL, NULL, 1, 'SMS', 'p:+525555500100',
  '+525555500100', 489312000500000000, 489312060000000000, 0, 0, NULL, 0, NULL, 0, NULL, NULL, NULL),
 (2, 'A-2', 'Nota para mí: llamar a Marta', 'Pendientes', NULL, 0, 'iMessage', 'e:alma@example.org', NULL,
  489312100000000000, 0, 489312101000000000, 1, NULL, 0, NULL, 0, NULL, NULL, NULL),
 (3, 'A-3', 'Nos vemos a las diez', NULL, NULL, 2, 'iMessage', 'e:alma@example.org', '+525555500100',
  489312200123456789, 0, 0, 0, 'chat100200300', 0, NULL, 0, NULL, NULL, NULL),
 (4, 'A-4', NULL, NULL, NULL, 2, 'iMessage', 'e:alma@example.org', '+525555500100',
  489312300000000000, 0, 0, 0, 'chat100200300', 2, 'Mesa de redacción', 0, NULL, NULL, NULL),
 (5, 'A-5', 'Le encantó “Nos vemos a las diez”', NULL, NULL, 99, 'iMessage', 'e:alma@example.org', '+525555500100',
  489312400000000000, 0, 0, 0, NULL, 0, NULL, 2000, NULL, NULL, NULL),
 (6, 'A-6', 'En una sala sin ficha', NULL, NULL, 2, 'iMessage', NULL, NULL, 489312500000000000, 0, 0, 0, 'chat777', 0,
  NULL, 0, NULL, NULL, NULL);
