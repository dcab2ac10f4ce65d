-- BrowserState.db: an open tab, a private one with its back list, the list of a tab that is gone.
CREATE TABLE browser_windows (id INTEGER PRIMARY KEY, uuid TEXT);
CREATE TABLE tabs (id INTEGER PRIMARY KEY, uuid TEXT, title TEXT, url TEXT, user_visible_url TEXT, last_viewed_time REAL,
  opened_from_link BOOL, private_browsing BOOL);
INSERT INTO tabs VALUES (1, 'T-1', 'Noticias', 'https://noticias.example/', 'noticias.example', 489312000.5, 0, 0),
 (2, 'T-2', NULL, 'https://a.bad.example/1234567s/', NULL, 0, 1, 1);
CREATE TABLE tab_sessions (id INTEGER PRIMARY KEY, tab_uuid TEXT, session_data BLOB, uncompressed_session_data_size INTEGER);
INSERT INTO tab_sessions VALUES
 (1, 'T-1', NULL, 0),
 (2, 'T-2', CAST('    ' || '<?xml version="1.0"?><plist version="1.0"><dict><key>SessionHistory</key><dict><key>SessionHistoryCurrentIndex</key><integer>1</integer><key>SessionHistoryEntries</key><array><dict><key>SessionHistoryEntryURL</key><string>https://noticias.example/</string><key>SessionHistoryEntryTitle</key><string>Noticias</string></dict><dict><key>SessionHistoryEntryURL</key><string>https://a.bad.example/1234567s/</string><key>SessionHistoryEntryOriginalURL</key><string>http://corto.example/x</string></dict></array></dict></dict></plist>' AS BLOB), 0),
 (3, 'T-9', CAST('<?xml version="1.0"?><plist version="1.0"><dict><key>SessionHistory</key><dict><key>SessionHistoryEntries</key><array><dict><key>SessionHistoryEntryURL</key><string>https://b.example/</string></dict></array></dict></dict></plist>' AS BLOB), 0);
