CREATE TABLE admin (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL);
CREATE TABLE access (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, allowed INTEGER NOT NULL,
  prompt_count INTEGER NOT NULL, CONSTRAINT key PRIMARY KEY (service, client, client_type));
INSERT INTO access VALUES ('kTCCServiceAddressBook', 'com.example.notes', 0, 1, 1);
INSERT INTO access VALUES ('kTCCServicePhotos', '/usr/libexec/exampled', 1, 0, 2);
