-- As of 2025: two devices, a tab whose device is gone, a request to close one.
CREATE TABLE cloud_tab_devices (device_uuid TEXT PRIMARY KEY NOT NULL, system_fields BLOB NOT NULL, device_name TEXT,
  device_type_identifier TEXT, has_duplicate_device_name BOOLEAN DEFAULT 0, is_ephemeral_device BOOLEAN DEFAULT 0,
  last_modified REAL NOT NULL);
INSERT INTO cloud_tab_devices VALUES ('D-1', x'00', 'iPad de Alma', 'com.apple.ipad', 0, 0, 760000000.5),
 ('D-2', x'00', 'Mac de la redacción', NULL, 0, 0, 760000100);
CREATE TABLE cloud_tabs (tab_uuid TEXT PRIMARY KEY NOT NULL, system_fields BLOB NOT NULL, device_uuid TEXT NOT NULL,
  position BLOB NOT NULL, title TEXT, url TEXT NOT NULL, is_showing_reader BOOLEAN DEFAULT 0, is_pinned BOOLEAN DEFAULT 0,
  scene_id TEXT, last_viewed_time REAL DEFAULT 0);
INSERT INTO cloud_tabs VALUES ('T-1', x'00', 'D-1', x'00', 'Noticias', 'https://noticias.example/', 0, 1, NULL, 759999900),
 ('T-2', x'00', 'D-2', x'00', NULL, 'https://a.bad.example/1234567s/', 0, 0, NULL, 0),
 ('T-3', x'00', 'D-9', x'00', 'Huérfana', 'https://b.example/', 0, 0, NULL, 759999000.25);
CREATE TABLE cloud_tab_close_requests (close_request_uuid TEXT PRIMARY KEY NOT NULL, system_fields BLOB NOT NULL,
  destination_device_uuid TEXT NOT NULL, url TEXT NOT NULL, tab_uuid TEXT NOT NULL);
INSERT INTO cloud_tab_close_requests VALUES ('C-1', x'00', 'D-1', 'https://c.bad.example/nota', 'T-8');
