-- Attributes that are no property list, a folder that is its own, times and flags of other types.
CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, parent, title, url, hidden, deleted, extra_attributes);
INSERT INTO bookmarks VALUES (1, 1, '=1+1', CAST(x'687474703a2f2fff2e6261642e6578616d706c65' AS TEXT), 'x', 2.5, 'bplist00'),
 (2, 1, x'ff', 'javascript:alert(1)', 0, 0,
  CAST('<plist version="1.0"><dict><key>DateAdded</key><string>ayer</string></dict></plist>' AS BLOB)),
 (3, 'x', NULL, NULL, NULL, NULL, x'00'),
 (4, NULL, 'an ordinary one', 'https://a.example/', 0, 0, NULL);
