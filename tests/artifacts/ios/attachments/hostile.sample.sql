-- No table of joins; values of the wrong type; a name that turns the direction of writing.
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, date INTEGER, handle_id INTEGER);
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY, created_date, is_outgoing, filename, transfer_name, total_bytes);
INSERT INTO attachment VALUES
 (1, 'never', 'no', CAST(x'2f7661722fff' AS TEXT), 'foto' || char(0x202e) || 'gpj.exe', 'big'),
 (2, 1e300, 2, x'00', '=cmd|'' /c calc''!A1', -9223372036854775808),
 (3, 489312000, 0, '~/Library/SMS/Attachments/x', 'x', 1);
