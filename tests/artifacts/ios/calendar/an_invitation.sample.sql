CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, summary TEXT, location_id INTEGER, description TEXT,
  start_date REAL, start_tz TEXT, end_date REAL, end_tz TEXT, all_day INTEGER, calendar_id INTEGER, organizer_id INTEGER,
  status INTEGER, invitation_status INTEGER, url TEXT, last_modified REAL, unique_identifier TEXT, creation_date REAL);
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, entity_type INTEGER, type INTEGER, status INTEGER,
  role INTEGER, identity_id INTEGER, owner_id INTEGER, email TEXT, phone_number TEXT, is_self INTEGER, comment TEXT,
  last_modified REAL, invited_by TEXT);
CREATE TABLE Location (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, address TEXT, item_owner_id INTEGER);
CREATE TABLE Calendar (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, store_id INTEGER, title TEXT);
CREATE TABLE Identity (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, display_name TEXT, address TEXT);
INSERT INTO Location VALUES (1, 'Redacción', 'Calle Ejemplo 1', 1), (2, 'https://meet.bad.example/x', NULL, 2);
INSERT INTO Calendar VALUES (1, 1, 'Trabajo');
INSERT INTO Identity VALUES (1, 'Stranger', 'mailto:stranger@bad.example'), (2, 'Alma', NULL), (3, NULL, 'mailto:left@example.net');
INSERT INTO Participant VALUES (1, 8, 1, 1, 1, 1, 1, 'stranger@bad.example', '+525555500199', 0, NULL, 489300000, NULL);
INSERT INTO Participant VALUES (2, 7, 1, 2, 1, 2, 1, 'alma@example.org', NULL, 1, 'voy: www.example.org', 489300001, 'stranger@bad.example');
INSERT INTO Participant VALUES (3, 7, 1, 0, 1, 3, 77, NULL, NULL, 0, NULL, NULL, NULL);
INSERT INTO CalendarItem VALUES (1, 'Meeting', 1, 'Notes', 489312000, 'America/Mexico_City', 489315600, 'America/Mexico_City', 0, 1, 1, 1, 3, 'https://bad.example/i', 489400000.5, 'AA-1', 489399999);
INSERT INTO CalendarItem VALUES (2, 'Cierre', 2, NULL, 489312000, '_float', 489398400, '_float', 1, 1, NULL, 0, 0, NULL, NULL, 'AA-2', NULL);
INSERT INTO CalendarItem VALUES (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 55, NULL, NULL, NULL, NULL, NULL, NULL);
