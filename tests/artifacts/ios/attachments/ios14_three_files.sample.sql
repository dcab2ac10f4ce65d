-- A picture received, a file sent, and one that no message names any more.
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT);
INSERT INTO handle VALUES (1, '+525555500101');
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, date INTEGER, handle_id INTEGER, service TEXT);
INSERT INTO message VALUES (11, 489312000000000000, 1, 'iMessage'), (12, 489312060000000000, 0, 'SMS');
CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER, UNIQUE (message_id, attachment_id));
INSERT INTO message_attachment_join VALUES (11, 1), (12, 2);
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY, guid TEXT, created_date INTEGER, start_date INTEGER, filename TEXT,
  uti TEXT, mime_type TEXT, transfer_state INTEGER, is_outgoing INTEGER, transfer_name TEXT, total_bytes INTEGER,
  is_sticker INTEGER);
INSERT INTO attachment VALUES
 (1, 'A-1', 489312001, 0, '~/Library/SMS/Attachments/0a/10/A-1/IMG_0001.gif', 'com.adobe.pdf', 'image/gif', 5, 0, 'IMG_0001.gif', 34567, 0),
 (2, 'A-2', 489312061, 489312062, '/private/var/tmp/A-2/acta-1.pdf', 'com.adobe.pdf', 'application/pdf', 5, 1, 'acta.pdf', 1024, 0),
 (3, 'A-3', 489312100, 0, NULL, NULL, NULL, 0, 0, '../../etc/passwd', 0, 1);
