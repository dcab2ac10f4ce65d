"""Sites that WebKit met, and which of them led to or was embedded in which: kept when the history is cleared.

observations.db since iOS 14, full_browsing_session_resourceLog.plist before; one of each application that shows web
pages. Written by WebKit's ResourceLoadStatistics.cpp (https://github.com/WebKit/WebKit). Clock: seconds since 1970;
-1 or 0 stands for never. Of most pairs no time is kept.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import join, plist, sqlite, values
from perito.artifacts.readers.damage import Partly
from perito.base.text import excerpt
from perito.records import UNIX, Row, Schema, domain, integer, text, when

SITE = Schema(
    "ios.webkit_site",
    seen=when("when it was last met", UNIX),
    used=when("when the owner last tapped or typed on it", UNIX),
    domain=domain("registrable domain; a host in versions before iOS 13"),
    interaction=integer("1 when the owner ever tapped or typed on it"),
    prevalent=integer("1 when WebKit takes it for a tracker"),
)
RELATION = Schema(
    "ios.webkit_relation",
    updated=when("when this was last noted, where a time is kept", UNIX),
    domain=domain("site that this is noted of"),
    relation=text("what is noted, such as topFrameUniqueRedirectsTo"),
    other=domain("the other site"),
)
PLACES = ("**/ResourceLoadStatistics/observations.db", "**/full_browsing_session_resourceLog.plist")
TABLES = ("ObservedDomains",)
NEVER = (0, -1)
PAIRS = {
    "StorageAccessUnderTopFrameDomains": ("domainID", "topLevelDomainID"),
    "SubframeUnderTopFrameDomains": ("subFrameDomainID", "topFrameDomainID"),
    "SubresourceUnderTopFrameDomains": ("subresourceDomainID", "topFrameDomainID"),
    "SubresourceUniqueRedirectsFrom": ("subresourceDomainID", "fromDomainID"),
    "SubresourceUniqueRedirectsTo": ("subresourceDomainID", "toDomainID"),
    "TopFrameLinkDecorationsFrom": ("toDomainID", "fromDomainID"),
    "TopFrameLoadedThirdPartyScripts": ("topFrameDomainID", "subresourceDomainID"),
    "TopFrameUniqueRedirectsFrom": ("targetDomainID", "fromDomainID"),
    "TopFrameUniqueRedirectsTo": ("sourceDomainID", "toDomainID"),
    "TopFrameUniqueRedirectsToSinceSameSiteStrictEnforcement": ("sourceDomainID", "toDomainID"),
}
"""Tables of pairs, with the columns of the site and of the other one."""


@artifact(SITE, *PLACES, tables=TABLES, keys=("browsingStatistics",))
def sites(path: Path) -> Iterable[Row | Partly]:
    """Return every site."""
    if not _is_database(path):
        return _logged_sites(path)
    names = ("lastSeen", "mostRecentUserInteractionTime", "registrableDomain", "hadUserInteraction", "isPrevalent")
    seen, used, *rest = sqlite.present(path, "ObservedDomains", *names).values()
    return sqlite.query(
        path,
        f"SELECT 'ObservedDomains ' || domainID, {seen}, CASE WHEN {used} NOT IN (0, -1) THEN {used} END,"
        f" {', '.join(rest)} FROM ObservedDomains ORDER BY domainID",
    )


@artifact(RELATION, *PLACES, tables=TABLES, keys=("browsingStatistics",))
def relations(path: Path) -> Iterable[Row | Partly]:
    """Return every pair of sites of which something is noted."""
    if not _is_database(path):
        return _logged_relations(path)
    selects = [_pairs(path, table, ends) for table, ends in PAIRS.items() if sqlite.columns(path, table) >= set(ends)]
    nothing = "SELECT NULL, NULL, registrableDomain, NULL, NULL FROM ObservedDomains WHERE 0"
    return sqlite.query(path, " UNION ALL ".join(selects or [nothing]))


def _pairs(path: Path, table: str, ends: tuple[str, str]) -> str:
    d, own = join.outer(path, "ObservedDomains", "d", f"d.domainID = t.{ends[0]}", "registrableDomain")
    o, other = join.outer(path, "ObservedDomains", "o", f"o.domainID = t.{ends[1]}", "registrableDomain")
    updated = sqlite.present(path, table, "lastUpdated", alias="t")["lastUpdated"]
    return (
        f"SELECT '{table} ' || t.rowid, {updated}, {d['registrableDomain']}, '{table}', {o['registrableDomain']}"
        f" FROM {table} AS t{own}{other}"
    )


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(sqlite.MAGIC)) == sqlite.MAGIC


def _named(noted: object, *keys: str) -> object:
    return next((found for key in keys if (found := plist.branch(noted, key)) is not None), None)


def _logged(path: Path) -> Iterator[tuple[str, dict[object, object], object] | Partly]:
    """Yield of each site: where it stands, what is noted, its name."""
    noted = plist.dictionary(path).get("browsingStatistics", [])
    for number, one in enumerate(noted if isinstance(noted, list) else [noted]):
        ref = f"key browsingStatistics[{number}]"
        if isinstance(one, dict):
            yield ref, one, _named(one, "PrevalentResourceDomain", "PrevalentResourceOrigin")
        else:
            yield Partly(ref, "no dictionary", excerpt(one))


def _logged_sites(path: Path) -> Iterator[Row | Partly]:
    for one in _logged(path):
        if isinstance(one, Partly):
            yield one
            continue
        ref, noted, site = one
        used = noted.get("mostRecentUserInteraction")
        flags = (values.number(noted.get(key)) for key in ("hadUserInteraction", "isPrevalentResource"))
        yield ref, noted.get("lastSeen"), None if used in NEVER else used, site, *flags


def _logged_relations(path: Path) -> Iterator[Row | Partly]:
    for one in _logged(path):
        if not isinstance(one, Partly):  # those are told with the sites
            yield from _relations_of(*one)


def _relations_of(ref: str, noted: dict[object, object], site: object) -> Iterator[Row]:
    for relation, others in noted.items():
        for number, other in enumerate(others if isinstance(others, list) else ()):
            named = other if isinstance(other, str) else _named(other, "domain", "origin")
            if named is not None:
                yield f"{ref}.{relation}[{number}]", None, site, str(relation), named
