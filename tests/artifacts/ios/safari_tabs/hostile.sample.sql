-- Sessions that are none, end early, or hold something else where lists are expected.
CREATE TABLE windows (id INTEGER PRIMARY KEY);
CREATE TABLE browser_windows (id INTEGER PRIMARY KEY);
CREATE TABLE tabs (id INTEGER PRIMARY KEY, uuid, title, url, last_viewed_time);
INSERT INTO tabs VALUES (1, 'T', x'ff', 7, 'x');
CREATE TABLE tab_sessions (id INTEGER PRIMARY KEY, tab_uuid, session_data);
INSERT INTO tab_sessions VALUES (1, 'T', x'0000000062706c69737430'), (2, 'T', x'78da'), (3, 'T', 'a text'),
 (4, 'T', CAST('    <?xml version="1.0"?><plist version="1.0"><dict><key>SessionHistory</key><array/></dict></plist>' AS BLOB)),
 (5, 'T', CAST('    <?xml version="1.0"?><plist version="1.0"><dict><key>SessionHistory</key><dict><key>SessionHistoryEntries</key><array><string>x</string><dict><key>SessionHistoryEntryURL</key><integer>5</integer></dict></array></dict></dict></plist>' AS BLOB));
CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, parent, title, url, local_attributes);
INSERT INTO bookmarks VALUES (1, 0, 't', 'https://a.example/', x'00'), (2, 0, 't', 'https://b.example/', 'bplist');
