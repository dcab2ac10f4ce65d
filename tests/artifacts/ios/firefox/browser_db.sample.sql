-- browser.db: microseconds as reals; an address without visits; an icon without a page.
CREATE TABLE domains (id INTEGER PRIMARY KEY, domain TEXT);
CREATE TABLE history (id INTEGER PRIMARY KEY, url TEXT, title TEXT);
INSERT INTO history VALUES (1, 'https://noticias.example/', 'Noticias'), (2, 'https://viejo.example/', '');
CREATE TABLE visits (id INTEGER PRIMARY KEY, siteID INTEGER, date REAL, type INTEGER, is_local INTEGER);
INSERT INTO visits VALUES (1, 1, 1467619200000000, 1, 1), (2, 1, 1467619200500000.0, 5, 0);
CREATE TABLE favicons (id INTEGER PRIMARY KEY, url TEXT, date REAL);
INSERT INTO favicons VALUES (1, 'https://noticias.example/favicon.ico', 1467619201000000), (2, 'https://a.bad.example/favicon.ico', 1467619202000000);
CREATE TABLE favicon_sites (id INTEGER PRIMARY KEY, siteID INTEGER, faviconID INTEGER);
INSERT INTO favicon_sites VALUES (1, 1, 1);
