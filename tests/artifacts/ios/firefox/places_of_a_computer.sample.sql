-- places.sqlite of a computer: microseconds.
CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, rev_host LONGVARCHAR, visit_count INTEGER);
INSERT INTO moz_places VALUES (1, 'https://noticias.example/', 'Noticias', 'elpmaxe.saiciton.', 1);
CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, from_visit INTEGER, place_id INTEGER, visit_date INTEGER, visit_type INTEGER);
INSERT INTO moz_historyvisits VALUES (1, 0, 1, 1467619200500000, 1);
