CREATE TABLE ObservedDomains (domainID INTEGER PRIMARY KEY, registrableDomain TEXT NOT NULL UNIQUE ON CONFLICT FAIL,
  lastSeen REAL NOT NULL, hadUserInteraction INTEGER NOT NULL, mostRecentUserInteractionTime REAL NOT NULL,
  grandfathered INTEGER NOT NULL, isPrevalent INTEGER NOT NULL, isVeryPrevalent INTEGER NOT NULL,
  dataRecordsRemoved INTEGER NOT NULL);
CREATE TABLE TopFrameUniqueRedirectsTo (sourceDomainID INTEGER NOT NULL, toDomainID INTEGER NOT NULL);
CREATE TABLE TopFrameLinkDecorationsFrom (toDomainID INTEGER NOT NULL, lastUpdated REAL NOT NULL, fromDomainID INTEGER NOT NULL);
CREATE TABLE SubframeUnderTopFrameDomains (subFrameDomainID INTEGER NOT NULL, lastUpdated REAL NOT NULL,
  topFrameDomainID INTEGER NOT NULL);
INSERT INTO ObservedDomains VALUES (1, 'example.org', 1634560250, 1, 1634560030.75, 0, 0, 0, 0);
INSERT INTO ObservedDomains VALUES (2, 'bad.example', 1634560031, 0, -1, 0, 1, 0, 0);
INSERT INTO ObservedDomains VALUES (3, 'tracker.example', 1634560032, 0, 0, 0, 1, 1, 0);
INSERT INTO TopFrameUniqueRedirectsTo VALUES (1, 2);
INSERT INTO TopFrameUniqueRedirectsTo VALUES (1, 77);
INSERT INTO TopFrameLinkDecorationsFrom VALUES (2, 1634560033, 1);
INSERT INTO SubframeUnderTopFrameDomains VALUES (3, 1634560034, 1);
