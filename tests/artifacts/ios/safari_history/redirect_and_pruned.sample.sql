-- A visit that redirects within half a second, one brought by iCloud, an address without visits, a visit without
-- address, a deletion of one address and one of everything.
CREATE TABLE history_items (id INTEGER PRIMARY KEY, url TEXT NOT NULL, visit_count INTEGER NOT NULL);
INSERT INTO history_items VALUES (1, 'http://noticias.example/', 2), (2, 'https://a.bad.example/1234567s/', 1), (3, 'https://viejo.example/', 0);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY, history_item INTEGER NOT NULL, visit_time REAL NOT NULL, title TEXT,
  load_successful BOOLEAN, http_non_get BOOLEAN, synthesized BOOLEAN, redirect_source INTEGER, redirect_destination INTEGER,
  origin INTEGER);
INSERT INTO history_visits VALUES
 (1, 1, 489312000, 'Noticias', 1, 0, 0, NULL, 2, 0), (2, 2, 489312000.5, '', 0, 0, 0, 1, NULL, 0),
 (3, 1, 489312060.25, 'Noticias', 1, 1, 1, NULL, NULL, 1), (4, 99, 489312100, 'perdida', 1, 0, 0, NULL, NULL, 0);
CREATE TABLE history_tombstones (id INTEGER PRIMARY KEY, start_time REAL NOT NULL, end_time REAL NOT NULL, url TEXT);
INSERT INTO history_tombstones VALUES (1, 489300000, 489311000.5, 'https://a.bad.example/0s/'), (2, 489200000, 489299999, NULL);
