-- Neither places nor names nor calendars, and participants as iOS 5 kept them.
CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, summary TEXT, start_date REAL, end_date REAL);
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT);
INSERT INTO CalendarItem VALUES (1, 'Junta', 340000000, 340003600);
INSERT INTO Participant VALUES (1, 'bruno@example.org');
