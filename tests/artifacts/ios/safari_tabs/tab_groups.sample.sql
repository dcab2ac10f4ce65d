-- SafariTabs.db: a group, a tab that was loaded at another address, a private tab with its back list.
CREATE TABLE windows (id INTEGER PRIMARY KEY, private_tab_group_id INTEGER);
INSERT INTO windows VALUES (1, 20);
CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, parent INTEGER, title TEXT, url TEXT, date_closed REAL,
  extra_attributes BLOB, local_attributes BLOB);
INSERT INTO bookmarks VALUES (10, 0, 'Trabajo', NULL, NULL, NULL, NULL),
 (11, 10, 'Noticias', 'https://noticias.example/', NULL,
  CAST('<?xml version="1.0"?><plist version="1.0"><dict><key>DateLastViewed</key><date>2022-11-19T01:17:54Z</date><key>LocalURL</key><string>https://noticias.example/portada</string></dict></plist>' AS BLOB), NULL),
 (21, 20, NULL, 'https://a.bad.example/1s/', 690513474.5, NULL,
  CAST('<?xml version="1.0"?><plist version="1.0"><dict><key>LastVisitTime</key><date>2022-11-19T01:20:00Z</date><key>OpenedFromLink</key><true/><key>SessionState</key><data>AAAAAjw/eG1sIHZlcnNpb249IjEuMCI/PjxwbGlzdCB2ZXJzaW9uPSIxLjAiPjxkaWN0PjxrZXk+U2Vzc2lvbkhpc3Rvcnk8L2tleT48ZGljdD48a2V5PlNlc3Npb25IaXN0b3J5RW50cmllczwva2V5PjxhcnJheT48ZGljdD48a2V5PlNlc3Npb25IaXN0b3J5RW50cnlVUkw8L2tleT48c3RyaW5nPmh0dHBzOi8vYi5leGFtcGxlLzwvc3RyaW5nPjwvZGljdD48L2FycmF5PjwvZGljdD48L2RpY3Q+PC9wbGlzdD4=</data></dict></plist>' AS BLOB));
