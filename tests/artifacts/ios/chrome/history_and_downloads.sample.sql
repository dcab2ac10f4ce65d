-- Two visits, one led to by the other; an address without visits; a download by way of two addresses; icons.
CREATE TABLE meta (key VARCHAR, value VARCHAR);
CREATE TABLE urls (id INTEGER PRIMARY KEY, url VARCHAR, title VARCHAR, visit_count INTEGER, typed_count INTEGER, last_visit_time INTEGER);
INSERT INTO urls VALUES (1, 'https://noticias.example/', 'Noticias', 1, 1, 13112092800000000),
 (2, 'https://a.bad.example/1234567s/', '', 1, 0, 13112092800500000), (3, 'https://viejo.example/', 'Viejo', 0, 0, 0);
CREATE TABLE visits (id INTEGER PRIMARY KEY, url INTEGER NOT NULL, visit_time INTEGER NOT NULL, from_visit INTEGER,
  transition INTEGER, visit_duration INTEGER);
INSERT INTO visits VALUES (1, 1, 13112092800000000, 0, 805306369, 400000), (2, 2, 13112092800500000, 1, 2684354560, 0);
CREATE TABLE downloads (id INTEGER PRIMARY KEY, target_path VARCHAR, start_time INTEGER, end_time INTEGER, received_bytes INTEGER,
  referrer VARCHAR, tab_url VARCHAR, mime_type VARCHAR);
INSERT INTO downloads VALUES (1, '/private/var/mobile/acta.pdf', 13112092801000000, 0, 2048, '', 'https://noticias.example/', 'application/pdf');
CREATE TABLE downloads_url_chains (id INTEGER, chain_index INTEGER, url VARCHAR);
INSERT INTO downloads_url_chains VALUES (1, 0, 'http://corto.example/x'), (1, 1, 'https://a.bad.example/acta.pdf');
CREATE TABLE favicons (id INTEGER PRIMARY KEY, url VARCHAR);
INSERT INTO favicons VALUES (1, 'https://noticias.example/favicon.ico'), (2, 'https://b.bad.example/favicon.ico');
CREATE TABLE favicon_bitmaps (id INTEGER PRIMARY KEY, icon_id INTEGER, last_updated INTEGER);
INSERT INTO favicon_bitmaps VALUES (1, 1, 13112092800000000), (2, 1, 13112092900000000), (3, 2, 0);
CREATE TABLE icon_mapping (id INTEGER PRIMARY KEY, page_url VARCHAR, icon_id INTEGER);
INSERT INTO icon_mapping VALUES (1, 'https://noticias.example/', 1);
