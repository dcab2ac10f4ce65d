-- Values of the wrong type; no refused icons.
CREATE TABLE page_url (url, uuid);
INSERT INTO page_url VALUES (CAST(x'ff' AS TEXT), 1), ('javascript:1', NULL);
CREATE TABLE icon_info (uuid, url, timestamp);
INSERT INTO icon_info VALUES (1, '=1+1', 'x'), (NULL, 'https://c.example/i', 489312000);
