"""Sites that WebKit met, and which of them led to or was embedded in which: kept when the history is cleared.

observations.db since iOS 14, full_browsing_session_resourceLog.plist before; one of each application that shows web
pages. Written by WebKit's ResourceLoadStatistics.cpp (https://github.com/WebKit/WebKit). Clock: seconds since 1970;
-1 or 0 stands for never. Of most pairs no time is kept.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist, sqlite, values
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
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
NEWEST = "TopFrameUniqueRedirectsToSinceSameSiteStrictEnforcement"
DATED = frozenset({
    "SubframeUnderTopFrameDomains", "SubresourceUnderTopFrameDomains", "SubresourceUniqueRedirectsTo",
    "TopFrameLinkDecorationsFrom",
})  # fmt: skip
"""Tables that keep a time of each pair."""


@artifact(SITE, *PLACES, tables=TABLES, keys=("browsingStatistics",))
def sites(path: Path) -> Iterable[Row | Partly]:
    """Return every site."""
    if not _is_database(path):
        return _logged_sites(path)
    names = ("lastSeen", "mostRecentUserInteractionTime", "registrableDomain", "hadUserInteraction", "isPrevalent")
    layout = Layout(path)
    have = layout.table("ObservedDomains", *names, key="domainID")
    seen, used, *rest = have.values()
    return layout.query(
        f"SELECT 'ObservedDomains ' || {have.key}, {seen}, CASE WHEN {used} NOT IN (0, -1) THEN {used} END,"
        f" {', '.join(rest)} FROM ObservedDomains ORDER BY {have.key}",
    )


@artifact(RELATION, *PLACES, tables=TABLES, keys=("browsingStatistics",))
def relations(path: Path) -> Iterable[Row | Partly]:
    """Return every pair of sites of which something is noted."""
    if not _is_database(path):
        return _logged_relations(path)
    layout = Layout(path)
    selects = [_pairs(layout, table, *ends) for table, ends in PAIRS.items()]
    if any(selects):
        return layout.union(selects, "ObservedDomains")
    have = layout.table("ObservedDomains", "registrableDomain")
    return layout.query(f"SELECT NULL, NULL, {have['registrableDomain']}, NULL, NULL FROM ObservedDomains WHERE 0")


def _pairs(layout: Layout, table: str, one: str, another: str) -> str:
    undated = () if table in DATED else ("lastUpdated",)
    t = layout.beside(table, one, another, "lastUpdated", alias="t", maybe=undated, new=table == NEWEST)
    d, own = layout.outer("ObservedDomains", "d", "domainID", t[one], "registrableDomain")
    o, other = layout.outer("ObservedDomains", "o", "domainID", t[another], "registrableDomain")
    if not own and not other:
        return ""
    return (
        f"SELECT '{table} ' || {t.key}, {t['lastUpdated']}, {d['registrableDomain']}, '{table}', {o['registrableDomain']}"
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
