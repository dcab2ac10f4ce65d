CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, First TEXT, Last TEXT, Organization TEXT, Note TEXT,
  Nickname TEXT, CreationDate INTEGER, ModificationDate INTEGER);
CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id INTEGER, property INTEGER, identifier INTEGER, label INTEGER,
  value TEXT);
CREATE TABLE ABMultiValueLabel (value TEXT, UNIQUE(value));
CREATE TABLE ABMultiValueEntry (parent_id INTEGER, key INTEGER, value TEXT, UNIQUE(parent_id, key));
CREATE TABLE ABMultiValueEntryKey (value TEXT, UNIQUE(value));
INSERT INTO ABPerson VALUES (1, 'Bruno', 'Ejemplo', 'Redacción Ejemplo', 'ver www.example.org', 'Bru', 480000000, 489312000);
INSERT INTO ABPerson VALUES (2, 'Carla', NULL, NULL, NULL, NULL, 480000001, NULL);
INSERT INTO ABMultiValueLabel VALUES ('_$!<Mobile>!$_'), ('_$!<Work>!$_');
INSERT INTO ABMultiValueEntryKey VALUES ('City'), ('Street');
INSERT INTO ABMultiValue VALUES (1, 1, 3, 0, 1, '+52 55 5550 0102');
INSERT INTO ABMultiValue VALUES (2, 1, 4, 0, 2, 'bruno@example.org');
INSERT INTO ABMultiValue VALUES (3, 1, 22, 0, NULL, 'http://bruno.example/');
INSERT INTO ABMultiValue VALUES (4, 1, 5, 0, 2, NULL);
INSERT INTO ABMultiValue VALUES (5, 99, 3, 0, NULL, '+525555500199');
INSERT INTO ABMultiValueEntry VALUES (4, 1, 'Ciudad de México'), (4, 2, 'Calle Ejemplo 1'), (88, 1, 'nobody');
