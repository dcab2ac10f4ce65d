CREATE TABLE call (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT, date INTEGER, duration INTEGER, flags INTEGER,
  id INTEGER, name TEXT, country_code TEXT, network_code TEXT, read INTEGER, assisted INTEGER, face_time_data BLOB,
  originalAddress TEXT, answered INTEGER);
INSERT INTO call VALUES (1, '+525555500101', 1372924800, 61, 5, 12, 'Bruno Ejemplo', 'mx', '020', 0, 1, NULL, '', 1);
INSERT INTO call VALUES (2, '5555500102', 1372925800, 0, 4, -1, NULL, NULL, NULL, 1, NULL, NULL, NULL, 0);
INSERT INTO call VALUES (3, NULL, 'noon', NULL, 'x', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
