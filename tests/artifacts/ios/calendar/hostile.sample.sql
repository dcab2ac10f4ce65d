CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, summary TEXT, location_id INTEGER, description TEXT,
  start_date REAL, start_tz TEXT, end_date REAL, end_tz TEXT, all_day INTEGER, calendar_id INTEGER, organizer_id INTEGER,
  status INTEGER, invitation_status INTEGER, url TEXT, last_modified REAL, unique_identifier TEXT, creation_date REAL);
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, entity_type INTEGER, type INTEGER, status INTEGER,
  role INTEGER, identity_id INTEGER, owner_id INTEGER, email TEXT, phone_number TEXT, is_self INTEGER, comment TEXT,
  last_modified REAL, invited_by TEXT);
INSERT INTO CalendarItem VALUES (-1, CAST(x'4d656574696e67ff' AS TEXT), 'x', x'4e6f746573', 'now', NULL, 1e300, NULL, 'all', 1, 1, 2.5, 'x', x'ff', x'00', 7, 9e999);
INSERT INTO CalendarItem VALUES (1, 'ok', NULL, 'still read', 489312000, NULL, 489312001, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO Participant VALUES (1, 0, 0, 'x', 'y', 1, 1, x'c3', 5, 'me', '=1+1', 'never', NULL);
