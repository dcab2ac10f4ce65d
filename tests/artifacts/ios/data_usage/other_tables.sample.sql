-- A database of other tables: nothing that this parser knows.
CREATE TABLE ZOTHER (Z_PK INTEGER PRIMARY KEY);
