-- A folder with a page, a page of the reading list with its preview, one that was deleted.
CREATE TABLE bookmarks (id INTEGER PRIMARY KEY AUTOINCREMENT, special_id INTEGER DEFAULT 0, parent INTEGER, type INTEGER,
  title TEXT, url TEXT COLLATE NOCASE, num_children INTEGER DEFAULT 0, hidden INTEGER DEFAULT 0, order_index INTEGER,
  external_uuid TEXT UNIQUE, deleted INTEGER DEFAULT 0, extra_attributes BLOB DEFAULT NULL);
INSERT INTO bookmarks VALUES (1, 0, NULL, 1, 'Root', NULL, 2, 0, 0, 'U-1', 0, NULL),
 (2, 1, 1, 1, 'Favoritos', NULL, 1, 0, 0, 'U-2', 0, NULL),
 (3, 0, 2, 0, 'Noticias', 'https://noticias.example/', 0, 0, 0, 'U-3', 0, NULL),
 (4, 0, 1, 0, 'Una nota', 'https://a.bad.example/1234567s/', 0, 0, 1, 'U-4', 0,
  CAST('<?xml version="1.0"?><plist version="1.0"><dict><key>com.apple.ReadingList</key><dict><key>DateAdded</key><date>2016-07-04T08:00:00Z</date><key>DateLastViewed</key><date>2016-07-04T09:00:00Z</date><key>PreviewText</key><string>Ver http://b.bad.example/x</string></dict></dict></plist>' AS BLOB)),
 (5, 0, 77, 0, NULL, 'https://viejo.example/', 0, 1, 2, 'U-5', 1, NULL);
