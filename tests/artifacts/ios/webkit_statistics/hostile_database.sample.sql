CREATE TABLE ObservedDomains (domainID INTEGER PRIMARY KEY, registrableDomain TEXT UNIQUE ON CONFLICT FAIL,
  lastSeen REAL, hadUserInteraction INTEGER, mostRecentUserInteractionTime REAL,
  grandfathered INTEGER, isPrevalent INTEGER, isVeryPrevalent INTEGER,
  dataRecordsRemoved INTEGER);
CREATE TABLE TopFrameUniqueRedirectsTo (sourceDomainID INTEGER, toDomainID INTEGER);
CREATE TABLE TopFrameLinkDecorationsFrom (toDomainID INTEGER, lastUpdated REAL, fromDomainID INTEGER);
CREATE TABLE SubframeUnderTopFrameDomains (subFrameDomainID INTEGER, lastUpdated REAL,
  topFrameDomainID INTEGER);
INSERT INTO ObservedDomains VALUES (1, CAST(x'ff2e6578616d706c65' AS TEXT), 'now', 'yes', 'x', 0, 9e999, 0, 0);
INSERT INTO ObservedDomains VALUES (-1, x'00', 1e300, 2, NULL, 0, NULL, 0, 0);
INSERT INTO TopFrameUniqueRedirectsTo VALUES ('x', -1);
INSERT INTO SubframeUnderTopFrameDomains VALUES (1, 'when', NULL);
