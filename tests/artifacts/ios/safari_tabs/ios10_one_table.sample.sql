-- The first version keeps the session beside the tab.
CREATE TABLE browser_windows (id INTEGER PRIMARY KEY, uuid TEXT);
CREATE TABLE tabs (id INTEGER PRIMARY KEY, uuid TEXT, title TEXT, url TEXT, last_viewed_time REAL, private_browsing BOOL, session_data BLOB);
INSERT INTO tabs VALUES (1, 'T-1', 'Noticias', 'https://noticias.example/', 489312000.5, 0,
 CAST('    <?xml version="1.0"?><plist version="1.0"><dict><key>SessionHistory</key><dict><key>SessionHistoryEntries</key><array><dict><key>SessionHistoryEntryURL</key><string>https://antes.example/</string></dict></array></dict></dict></plist>' AS BLOB));
