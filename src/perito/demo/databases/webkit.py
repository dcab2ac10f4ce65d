"""What WebKit keeps of sites: ResourceLoadStatistics (observations.db) and the older session log."""

import plistlib
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from perito.demo.phone import Phone, Site
from perito.demo.tables import Part, Version, database, date, fill

DOMAIN = "AppDomain-com.apple.mobilesafari"
FOLDER = "Library/WebKit/WebsiteData/ResourceLoadStatistics/"
SCHEMA = """
CREATE TABLE ObservedDomains (domainID INTEGER PRIMARY KEY, registrableDomain TEXT NOT NULL UNIQUE ON CONFLICT FAIL,
    lastSeen REAL NOT NULL, hadUserInteraction INTEGER NOT NULL, mostRecentUserInteractionTime REAL NOT NULL,
    grandfathered INTEGER NOT NULL, isPrevalent INTEGER NOT NULL, isVeryPrevalent INTEGER NOT NULL,
    dataRecordsRemoved INTEGER NOT NULL, timesAccessedAsFirstPartyDueToUserInteraction INTEGER NOT NULL,
    timesAccessedAsFirstPartyDueToStorageAccessAPI INTEGER NOT NULL,
    isScheduledForAllButCookieDataRemoval INTEGER NOT NULL);
CREATE TABLE TopLevelDomains (topLevelDomainID INTEGER PRIMARY KEY);
CREATE TABLE StorageAccessUnderTopFrameDomains (domainID INTEGER NOT NULL, topLevelDomainID INTEGER NOT NULL);
CREATE TABLE SubframeUnderTopFrameDomains (subFrameDomainID INTEGER NOT NULL, topFrameDomainID INTEGER NOT NULL,
    lastUpdated REAL NOT NULL);
CREATE TABLE SubresourceUnderTopFrameDomains (subresourceDomainID INTEGER NOT NULL, topFrameDomainID INTEGER NOT NULL,
    lastUpdated REAL NOT NULL);
CREATE TABLE SubresourceUniqueRedirectsFrom (subresourceDomainID INTEGER NOT NULL, fromDomainID INTEGER NOT NULL);
CREATE TABLE SubresourceUniqueRedirectsTo (subresourceDomainID INTEGER NOT NULL, toDomainID INTEGER NOT NULL,
    lastUpdated REAL NOT NULL);
CREATE TABLE TopFrameLinkDecorationsFrom (toDomainID INTEGER NOT NULL, fromDomainID INTEGER NOT NULL,
    lastUpdated REAL NOT NULL);
CREATE TABLE TopFrameLoadedThirdPartyScripts (topFrameDomainID INTEGER NOT NULL, subresourceDomainID INTEGER NOT NULL);
CREATE TABLE TopFrameUniqueRedirectsFrom (targetDomainID INTEGER NOT NULL, fromDomainID INTEGER NOT NULL);
CREATE TABLE TopFrameUniqueRedirectsTo (sourceDomainID INTEGER NOT NULL, toDomainID INTEGER NOT NULL);
CREATE TABLE OperatingDates (year INTEGER NOT NULL, month INTEGER NOT NULL, monthDay INTEGER NOT NULL);
"""


def parts(phone: Phone, _ios: Version) -> Iterator[Part]:
    """Give Safari's observations.db and session log, each if it holds something."""
    if phone.sites:
        yield Part(DOMAIN, FOLDER + "observations.db", partial(write_observations, rows=phone.sites))
    if phone.session_sites:
        write = partial(write_session_log, rows=phone.session_sites)
        yield Part(DOMAIN, FOLDER + "full_browsing_session_resourceLog.plist", write)


def write_observations(path: Path, rows: Iterable[Site]) -> None:
    """Write observations.db; the n-th site is ObservedDomains n. Its clock counts from 1970; never touched is -1."""
    with database(path, SCHEMA) as store:
        lines = (
            (key, row.domain, row.when, int(row.touched is not None), -1.0 if row.touched is None else row.touched)
            for key, row in enumerate(rows, 1)
        )
        columns = """domainID, registrableDomain, lastSeen, hadUserInteraction, mostRecentUserInteractionTime,
            grandfathered, isPrevalent, isVeryPrevalent, dataRecordsRemoved,
            timesAccessedAsFirstPartyDueToUserInteraction, timesAccessedAsFirstPartyDueToStorageAccessAPI,
            isScheduledForAllButCookieDataRemoval"""
        fill(store, "ObservedDomains", columns, ((*line, 0, 0, 0, 0, 0, 0, 0) for line in lines))


def write_session_log(path: Path, rows: Iterable[Site]) -> None:
    """Write full_browsing_session_resourceLog.plist, as before iOS 14."""
    sites: list[dict[str, Any]] = [
        {
            "PrevalentResourceOrigin": row.domain,
            "hadUserInteraction": row.touched is not None,
            "mostRecentUserInteraction": date(row.when if row.touched is None else row.touched),
            "lastSeen": date(row.when),
            "topFrameUniqueRedirectsTo": [],
        }
        for row in rows
    ]
    path.write_bytes(plistlib.dumps({"version": 15, "browsingStatistics": sites}, fmt=plistlib.FMT_BINARY))
