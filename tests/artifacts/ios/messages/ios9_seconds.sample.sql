-- iOS 9: times in seconds, no tables of conversations, no columns of later versions.
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL);
INSERT INTO handle VALUES (1, '+525555500101');
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT, text TEXT, handle_id INTEGER, subject TEXT,
  attributedBody BLOB, service TEXT, account TEXT, date INTEGER, date_read INTEGER, date_delivered INTEGER,
  is_from_me INTEGER, cache_roomnames TEXT);
INSERT INTO message VALUES
 (7, 'B-7', 'El carro ya está en la puerta', 1, NULL, NULL, 'SMS', 'p:+525555500100', 461232000, 461232060, 0, 0, NULL),
 (8, 'B-8', 'Voy', 1, NULL, NULL, 'SMS', 'p:+525555500100', 461232100, 0, 461232101, 1, NULL);
