CREATE TABLE admin (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL);
CREATE TABLE access (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, auth_value INTEGER NOT NULL,
  auth_reason INTEGER NOT NULL, auth_version INTEGER NOT NULL, csreq BLOB, policy_id INTEGER,
  indirect_object_identifier_type INTEGER, indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED',
  indirect_object_code_identity BLOB, flags INTEGER, last_modified INTEGER NOT NULL,
  PRIMARY KEY (service, client, client_type, indirect_object_identifier));
INSERT INTO access VALUES ('kTCCServiceLiverpool', 'Launch', 0, 2, 4, 1, NULL, NULL, NULL, 'UNUSED', NULL, 0, 1638559923);
INSERT INTO access VALUES ('kTCCServicePhotos', 'com.example.notes', 0, 3, 2, 1, NULL, NULL, NULL, 'UNUSED', NULL, 0, 1638559924);
