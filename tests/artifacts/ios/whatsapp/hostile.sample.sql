-- Text that is no UTF-8, markup, a time that is a word, a number out of reach, a flag that is a text.
CREATE TABLE ZWAMESSAGE (Z_PK INTEGER PRIMARY KEY, ZISFROMME, ZMESSAGEDATE, ZTEXT, ZFROMJID, ZMESSAGETYPE);
INSERT INTO ZWAMESSAGE VALUES
 (1, 0, 489312000, CAST(x'76657220ff687474703a2f2f612e6261642e6578616d706c65' AS TEXT), '<img src=x onerror=alert(1)>', 0),
 (2, 'yes', 'noon', '@SUM(1+1)*cmd', x'ff00', 9e99),
 (3, 1, -1e18, char(0x2067) || 'abc' || char(0x2069), NULL, NULL),
 (4, 0, 489312000.5, 'after these, an ordinary one', '525555500101@s.whatsapp.net', 0);
