-- Since iOS 26 a tab's time counts from 1970; the second row is of a tab that was last looked at before the update.
CREATE TABLE browser_windows (id INTEGER PRIMARY KEY, uuid TEXT);
CREATE TABLE tabs (id INTEGER PRIMARY KEY, uuid TEXT, title TEXT, url TEXT, user_visible_url TEXT, last_viewed_time REAL,
  opened_from_link BOOL, private_browsing BOOL);
INSERT INTO tabs VALUES
 (1, 'T-1', 'Noticias', 'https://noticias.example/', 'noticias.example', 1783850400.25, 1, 0),
 (2, 'T-2', 'Antes', 'https://antes.example/', 'antes.example', 742060073.5, 0, 0),
 (3, 'T-3', 'Nunca', 'https://nunca.example/', 'nunca.example', 0, 0, 0),
 (4, 'T-4', 'Texto', 'https://texto.example/', 'texto.example', '1783850400 o así', 0, 1);
CREATE TABLE tab_sessions (id INTEGER PRIMARY KEY, tab_uuid TEXT, session_data BLOB);
