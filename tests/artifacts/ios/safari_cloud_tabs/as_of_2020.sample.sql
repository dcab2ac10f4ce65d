-- As of 2020: neither the kind of a device nor when a tab was last in front.
CREATE TABLE cloud_tab_devices (device_uuid TEXT PRIMARY KEY NOT NULL, device_name TEXT, last_modified REAL NOT NULL);
INSERT INTO cloud_tab_devices VALUES ('D-1', 'iPad de Alma', 600000000);
CREATE TABLE cloud_tabs (tab_uuid TEXT PRIMARY KEY NOT NULL, device_uuid TEXT NOT NULL, title TEXT, url TEXT NOT NULL,
  is_pinned BOOLEAN DEFAULT 0);
INSERT INTO cloud_tabs VALUES ('T-1', 'D-1', 'Noticias', 'https://noticias.example/', 0);
