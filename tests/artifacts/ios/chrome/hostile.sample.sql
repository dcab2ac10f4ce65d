-- Values of the wrong type; a time before 1601; tables that stand alone.
CREATE TABLE meta (key VARCHAR, value VARCHAR);
CREATE TABLE urls (id INTEGER PRIMARY KEY, url, title, visit_count, typed_count, last_visit_time);
INSERT INTO urls VALUES (1, CAST(x'ff' AS TEXT), '=1+1', 'x', NULL, 'y');
CREATE TABLE visits (id INTEGER PRIMARY KEY, url, visit_time);
INSERT INTO visits VALUES (1, 1, -9223372036854775808), (2, 9, 'z'), (3, NULL, 13112092800000000);
CREATE TABLE favicons (id INTEGER PRIMARY KEY, url);
INSERT INTO favicons VALUES (1, x'00');
CREATE TABLE favicon_bitmaps (id INTEGER PRIMARY KEY, icon_id, last_updated);
CREATE TABLE icon_mapping (id INTEGER PRIMARY KEY, page_url, icon_id);
INSERT INTO icon_mapping VALUES (1, '<script>', 'one');
