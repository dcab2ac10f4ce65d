-- Before files had a table of their own; the conference was only what somebody had set.
CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, summary TEXT, location_id INTEGER, description TEXT,
  start_date REAL, end_date REAL, all_day INTEGER, calendar_id INTEGER, organizer_id INTEGER, status INTEGER,
  invitation_status INTEGER, url TEXT, last_modified REAL, unique_identifier TEXT, creation_date REAL, conference_url TEXT);
INSERT INTO CalendarItem VALUES (1, 'Junta', NULL, NULL, 530000000, 530003600, 0, NULL, NULL, 1, 0, NULL, NULL, 'CC-1', NULL, 'https://sala.example/1');
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, status INTEGER, role INTEGER, identity_id INTEGER,
  owner_id INTEGER, email TEXT, phone_number TEXT, is_self INTEGER, comment TEXT, last_modified REAL, invited_by TEXT);
CREATE TABLE Location (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, address TEXT);
CREATE TABLE Calendar (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT);
CREATE TABLE Identity (display_name TEXT, address TEXT);
CREATE TABLE Attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, owner_id INTEGER, external_id TEXT, url TEXT, UUID TEXT,
  data BLOB, format TEXT, is_binary INTEGER, filename TEXT, local_url TEXT, file_size INTEGER);
INSERT INTO Attachment VALUES (1, 1, NULL, 'https://files.bad.example/orden.pdf', 'A-1', NULL, 'application/pdf', 0, 'orden.pdf', NULL, 4096),
 (2, 1, NULL, x'ff', 'A-2', NULL, 5, 'x', CAST(x'ff' AS TEXT), NULL, 'grande');
