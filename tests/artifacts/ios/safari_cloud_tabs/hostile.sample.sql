-- Values of other types, text that is no UTF-8, two devices of one name.
CREATE TABLE cloud_tab_devices (device_uuid, device_name, device_type_identifier, last_modified);
INSERT INTO cloud_tab_devices VALUES ('D-1', x'ff', 7, 'ayer'), (NULL, 'nadie', NULL, 1);
CREATE TABLE cloud_tabs (tab_uuid, device_uuid, title, url, is_pinned, last_viewed_time);
INSERT INTO cloud_tabs VALUES ('T-1', 'D-1', CAST(x'ff41' AS TEXT), 'https://[::1', 'x', 1e300), (NULL, NULL, NULL, NULL, NULL, NULL),
 ('T-2', 'D-1', '<script>', 'https://a.example/', 1, 0);
