-- places.db since 2022: milliseconds.
CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, visit_count_local INTEGER);
INSERT INTO moz_places VALUES (1, 'https://noticias.example/', 'Noticias', 1), (2, 'https://viejo.example/', NULL, 0);
CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, is_local INTEGER, from_visit INTEGER, place_id INTEGER, visit_date INTEGER, visit_type INTEGER);
INSERT INTO moz_historyvisits VALUES (1, 1, 0, 1, 1467619200500, 1), (2, 0, 1, 1, 1467619260000, 5);
