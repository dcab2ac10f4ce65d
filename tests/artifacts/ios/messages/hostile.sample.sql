-- What an attacker may write: text that is no UTF-8, of another type, formulas, HTML, bidi marks, times out of reach,
-- archives that end early, name a type never named, nest without end, or are none.
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id);
INSERT INTO handle VALUES (1, '=HYPERLINK("http://a.bad.example")'), (2, x'2b3532ff');
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid, text, attributedBody, handle_id, service, date, date_read,
  is_from_me, payload_data, message_summary_info);
INSERT INTO message VALUES
 (1, 'D-1', CAST(x'686f6c6120ff20687474703a2f2f612e6261642e6578616d706c65' AS TEXT), NULL, 1, 'SMS', 1, 2, 0, NULL, NULL),
 (2, 'D-2', '<script>alert(1)</script>', NULL, 2, 'SMS', 9223372036854775807, 0, 0, NULL, NULL),
 (3, 'D-3', 'evil ' || char(0x202e) || 'gpj.exe', NULL, 1, 'SMS', 'yesterday', -5, 2, NULL, NULL),
 (4, 'D-4', 12345, NULL, 'x', 3.5, 489312000.25, NULL, NULL, NULL, NULL),
 (5, 'D-5', x'00ff', NULL, 1, NULL, 489312000, NULL, 1, 'not a property list', x'00'),
 (6, 'D-6', NULL, x'040B73747265616D7479706564', 1, 'SMS', 489312000, NULL, 0, NULL, NULL),
 (7, 'D-7', NULL, x'040B73747265616D747970656481E80384012B81FFFF41', 1, 'SMS', 489312000, NULL, 0, NULL, NULL),
 (8, 'D-8', '', 'a text in place of an archive', 1, 'SMS', 489312000, NULL, 0, NULL, NULL),
 (9, 'D-9', NULL, x'040B73747265616D747970656481E80384084E5355524C5B395D9F9F', 1, 'SMS', 489312000, NULL, 0, NULL, NULL),
 (10, 'D-10', NULL, NULL, 1, 'SMS', 489312000, NULL, 0, '<?xml version="1.0"?><plist><dict>', 'bplist00'),
 (11, 'D-11', 'after all of these, an ordinary one', NULL, 1, 'SMS', 489312000, NULL, 0, NULL, NULL);
