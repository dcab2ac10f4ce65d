-- An address that is no UTF-8 (the one beside it must still be read), a script, a time without end, keys of text.
CREATE TABLE history_items (id INTEGER PRIMARY KEY, url, visit_count);
INSERT INTO history_items VALUES (1, CAST(x'687474703a2f2f612eff2f' AS TEXT), -1), (2, 'javascript:alert(document.domain)', 'many'),
 (3, 'https://b.bad.example/', 1), (4, 'https://c.example/', 1);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY, history_item, visit_time, title, redirect_source, redirect_destination);
INSERT INTO history_visits VALUES (1, 1, 489312000, '=1+1', 'two', NULL), (2, 2, 1e400, '<script>', 3, 3),
 (3, 3, 489312000.5, char(0x202e) || 'lmth', NULL, 9223372036854775807), (4, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE history_tombstones (id INTEGER PRIMARY KEY, start_time, end_time);
INSERT INTO history_tombstones VALUES (1, 'a', -1e30);
