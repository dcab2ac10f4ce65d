-- A conference found in the text of an invitation, a file attached by its address, a file that was loaded.
CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, summary TEXT, location_id INTEGER, description TEXT,
  start_date REAL, end_date REAL, all_day INTEGER, calendar_id INTEGER, organizer_id INTEGER, status INTEGER,
  invitation_status INTEGER, url TEXT, last_modified REAL, unique_identifier TEXT, creation_date REAL,
  conference_url TEXT, conference_url_detected TEXT);
INSERT INTO CalendarItem VALUES (1, 'Junta', NULL, 'Entrar', 700000000, 700003600, 0, 1, 1, 1, 3, NULL, 700000000, 'BB-1', 699999999, NULL, 'https://meet.bad.example/abc'),
 (2, 'Cierre', NULL, NULL, 700100000, 700103600, 0, 1, NULL, 0, 0, NULL, NULL, 'BB-2', NULL, 'https://sala.example/1', 'https://otra.example/2');
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, status INTEGER, role INTEGER, identity_id INTEGER,
  owner_id INTEGER, email TEXT, phone_number TEXT, is_self INTEGER, comment TEXT, last_modified REAL, invited_by TEXT);
INSERT INTO Participant VALUES (1, 1, 1, 1, 1, 'stranger@bad.example', NULL, 0, NULL, 700000000, NULL);
CREATE TABLE Location (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, address TEXT);
CREATE TABLE Calendar (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT);
INSERT INTO Calendar VALUES (1, 'Trabajo');
CREATE TABLE Identity (display_name TEXT, address TEXT);
INSERT INTO Identity VALUES ('Stranger', 'mailto:stranger@bad.example');
CREATE TABLE Attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, owner_id INTEGER, external_id TEXT, UUID TEXT, file_id INTEGER);
INSERT INTO Attachment VALUES (1, 1, NULL, 'A-1', 1), (2, 77, NULL, 'A-2', 2), (3, 2, NULL, 'A-3', 99);
CREATE TABLE AttachmentFile (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT, UUID TEXT, format TEXT, filename TEXT,
  local_url TEXT, file_size INTEGER);
INSERT INTO AttachmentFile VALUES (1, 'https://files.bad.example/acta.pdf', 'F-1', 'application/pdf', 'acta.pdf', NULL, 2048),
 (2, NULL, 'F-2', 'image/png', 'mapa.png', 'file:///var/mobile/Library/Calendar/mapa.png', 512);
