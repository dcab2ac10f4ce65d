CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, First TEXT, Last TEXT, Organization TEXT, Note TEXT,
  Nickname TEXT, CreationDate INTEGER, ModificationDate INTEGER);
CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id INTEGER, property INTEGER, identifier INTEGER, label INTEGER,
  value TEXT);
CREATE TABLE ABMultiValueLabel (value TEXT, UNIQUE(value));
INSERT INTO ABPerson VALUES (1, CAST(x'ff' AS TEXT), x'00', 5, 6.5, '', 'then', 1e300);
INSERT INTO ABMultiValue VALUES (1, 1, 'phone', 0, 'x', '+525555500101');
INSERT INTO ABMultiValue VALUES (2, 'x', 3, 0, 1, x'fffe');
INSERT INTO ABMultiValue VALUES (3, NULL, 4, 0, 1, '"<script>"@example.org');
