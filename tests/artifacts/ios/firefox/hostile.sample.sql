-- Values of the wrong type in all of it.
CREATE TABLE domains (id INTEGER PRIMARY KEY);
CREATE TABLE history (id INTEGER PRIMARY KEY, url, title);
INSERT INTO history VALUES (1, CAST(x'ff' AS TEXT), x'fe');
CREATE TABLE visits (id INTEGER PRIMARY KEY, siteID, date);
INSERT INTO visits VALUES (1, 1, 'x'), (2, 2, 1e300), (3, 1, 1467619200000000.5);
CREATE TABLE favicons (id INTEGER PRIMARY KEY, url, date);
INSERT INTO favicons VALUES (1, 5, 'never');
CREATE TABLE favicon_sites (id INTEGER PRIMARY KEY, siteID, faviconID);
CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url, title, visit_count_local);
INSERT INTO moz_places VALUES (1, '@x', '<script>', 0);
CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, place_id, visit_date, visit_type);
INSERT INTO moz_historyvisits VALUES (1, 1, 'x', 'y'), (2, 7, 9223372036854775807, 1), (3, 1, 1467619200500, 1);
