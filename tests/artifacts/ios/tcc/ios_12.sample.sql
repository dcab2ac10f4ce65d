CREATE TABLE admin (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL);
CREATE TABLE access (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, allowed INTEGER NOT NULL,
  prompt_count INTEGER NOT NULL, csreq BLOB, policy_id INTEGER, indirect_object_identifier_type INTEGER,
  indirect_object_identifier TEXT, indirect_object_code_identity BLOB, flags INTEGER, last_modified INTEGER NOT NULL,
  PRIMARY KEY (service, client, client_type, indirect_object_identifier));
CREATE TABLE expired (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, csreq BLOB,
  last_modified INTEGER NOT NULL, expired_at INTEGER NOT NULL, PRIMARY KEY (service, client, client_type));
INSERT INTO access VALUES ('kTCCServiceMicrophone', 'com.example.notes', 0, 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, 1590754191);
INSERT INTO access VALUES ('kTCCServiceAppleEvents', 'com.example.notes', 0, 1, 1, NULL, NULL, 0, 'com.example.target', NULL, NULL, 1590754192);
INSERT INTO expired VALUES ('kTCCServiceCamera', 'com.example.gone', 0, NULL, 1590000000, 1590754193);
