CREATE TABLE admin (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL);
CREATE TABLE access (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, auth_value INTEGER NOT NULL,
  auth_reason INTEGER NOT NULL, auth_version INTEGER NOT NULL, csreq BLOB, policy_id INTEGER,
  indirect_object_identifier_type INTEGER, indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED',
  indirect_object_code_identity BLOB, flags INTEGER, last_modified INTEGER NOT NULL,
  PRIMARY KEY (service, client, client_type, indirect_object_identifier));
INSERT INTO access VALUES (x'ff', CAST(x'636f6d2e62ff' AS TEXT), 1, 'yes', 9e999, 1, NULL, NULL, NULL, 5, NULL, 0, 9223372036854775807);
INSERT INTO access VALUES ('', '', 'x', -1, 2.5, 1, NULL, NULL, NULL, 'UNUSED', NULL, 0, 'now');
