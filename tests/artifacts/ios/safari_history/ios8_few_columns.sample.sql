-- The first version: no flags, no deletions.
CREATE TABLE history_items (id INTEGER PRIMARY KEY, url TEXT);
INSERT INTO history_items VALUES (1, 'http://noticias.example/');
CREATE TABLE history_visits (id INTEGER PRIMARY KEY, history_item INTEGER, visit_time REAL);
INSERT INTO history_visits VALUES (1, 1, 430000000.125);
