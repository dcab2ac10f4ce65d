-- Values of the wrong type, an address that is a script, no table of previews.
CREATE TABLE ZWAMESSAGE (Z_PK INTEGER PRIMARY KEY, ZMESSAGEDATE);
INSERT INTO ZWAMESSAGE VALUES (1, 'x');
CREATE TABLE ZWAMEDIAITEM (Z_PK INTEGER PRIMARY KEY, ZMESSAGE, ZFILESIZE, ZLATITUDE, ZMEDIAURL, ZTITLE, ZMEDIALOCALPATH);
INSERT INTO ZWAMEDIAITEM VALUES
 (1, 1, 'large', 'north', 'javascript:alert(1)', CAST(x'ff' AS TEXT), '../../../../etc/passwd'),
 (2, NULL, 9e99, 91, x'0001', '=1+1', NULL);
