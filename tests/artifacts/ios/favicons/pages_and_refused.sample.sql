-- An icon of two pages, one that no page is left of, one that was refused.
CREATE TABLE page_url (url TEXT PRIMARY KEY NOT NULL, uuid TEXT NOT NULL);
INSERT INTO page_url VALUES ('https://noticias.example/', 'U-1'), ('https://noticias.example/nota', 'U-1');
CREATE TABLE icon_info (uuid TEXT PRIMARY KEY NOT NULL, url TEXT NOT NULL, timestamp REAL NOT NULL);
INSERT INTO icon_info VALUES ('U-1', 'https://noticias.example/favicon.ico', 489312000.5), ('U-2', 'https://a.bad.example/favicon.ico', 489312060);
CREATE TABLE rejected_resources (page_url TEXT, icon_url TEXT, timestamp REAL);
INSERT INTO rejected_resources VALUES ('https://b.example/', 'https://b.example/x.png', 489312120);
