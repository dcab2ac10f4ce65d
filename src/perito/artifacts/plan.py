"""Which file of a source is read by which parser: by its place, and where places say nothing, by its content."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from perito.artifacts.declare import Artifact, artifacts
from perito.base.pool import Outcome, Pool, Task
from perito.sources.source import HERE, SIDE_FILES, Failure, Fetched, Problem, Source

BY_PLACE_ONLY = frozenset({"itunes_backup"})
"""Kinds of source that list their files by name: content is asked only of files that the list leaves out."""
LOOKED_INTO = 5_000
"""Files of unknown name whose content is looked at; more are counted as not looked at."""
TOGETHER = 200
"""Files one worker identifies in one go."""


DOMAINS = (
    "HomeDomain",
    "RootDomain",
    "WirelessDomain",
    "SystemPreferencesDomain",
    "DatabaseDomain",
    "ManagedPreferencesDomain",
    "AppDomain-com.apple.mobilesafari",
    "AppDomain-com.google.chrome.ios",
    "AppDomain-org.mozilla.ios.Firefox",
    "AppDomainGroup-group.org.mozilla.ios.Firefox",
    "AppDomainGroup-group.net.whatsapp.WhatsApp.shared",
    "AppDomainGroup-group.net.whatsapp.WhatsAppSMB.shared",
    "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles",
)
"""Domains of a backup in which known artifacts lie: their files are known by hashed name when no list names them."""
PLACES = (
    "HomeDomain/Library/SMS/sms.db",
    "AppDomainGroup-group.com.apple.calendar/Calendar.sqlitedb",
    "AppDomainGroup-group.net.whatsapp.WhatsAppSMB.shared/ChatStorage.sqlite",
    "HomeDomain/Library/Safari/SafariTabs.db",
    "AppDomain-com.apple.mobilesafari/Library/Safari/SafariTabs.db",
    "AppDomain-com.apple.mobilesafari/Library/WebKit/WebsiteData/ResourceLoadStatistics/observations.db",
    "AppDomain-com.google.chrome.ios/Library/Application Support/Google/Chrome/Default/Favicons",
    "AppDomain-com.google.chrome.ios/Library/Application Support/Google/Chrome/Default/History",
    "AppDomain-com.google.chrome.ios/Library/WebKit/WebsiteData/ResourceLoadStatistics/observations.db",
    "AppDomain-org.mozilla.ios.Firefox/Library/WebKit/WebsiteData/ResourceLoadStatistics/observations.db",
    "RootDomain/Library/Caches/locationd/clients.plist",
)
"""Whole names for artifacts of which a glob gives only the end, or holds a wildcard."""


class Step(NamedTuple):
    """One file to be read with one parser."""

    artifact: str
    file: str


class Plan(NamedTuple):
    """What will be read, and how many files of the source no parser knows.

    `not_looked_into` counts the files of a backup whose names say nothing and whose content could not be asked.
    """

    steps: list[Step]
    unknown: int
    not_looked_into: int


def plan(source: Source, pool: Pool) -> Plan:
    """Return the steps for a source in a fixed order; links are listed so that the coverage can name them."""
    entries = source.entries
    _tell_orphans(source, entries)
    steps = by_place(entries["name"])
    here = entries.filter(pc.and_(pc.equal(entries["status"], HERE), pc.equal(entries["type"], "file")))["name"]
    unknown = _without(here, {step.file for step in steps})
    doubtful = _doubtful(source, here) if source.kind in BY_PLACE_ONLY else unknown
    looked = doubtful.slice(0, LOOKED_INTO).to_pylist()
    paths = source.materialise(looked)
    by_content = _by_content(source, pool, {name: path for name, path in paths.items() if isinstance(path, Path)})
    closed = _tell_closed(source, paths)
    left = len(doubtful) - len(looked)
    if left:
        told = f"{left} files of unknown names were not looked into: only the first {LOOKED_INTO} are"
        source.problems.append(Problem("source", "", "", told))
    met = len({step.file for step in by_content} - {step.file for step in steps})
    hidden = left + closed if source.kind in BY_PLACE_ONLY else 0
    return Plan(sorted({*steps, *by_content}), len(unknown) - met, hidden)


def _tell_orphans(source: Source, entries: pa.Table) -> None:
    """Tell of logs whose database is not there: rows may lie in them that nothing can read alone."""
    names = entries["name"]
    here = pc.equal(entries["status"], HERE)
    logs = names.filter(pc.and_(here, pc.match_substring_regex(names, "-(?:wal|journal)$")))
    owners = pc.replace_substring_regex(logs, "-(?:wal|journal)$", "")
    alone = logs.filter(pc.invert(pc.is_in(owners, value_set=names.combine_chunks())))
    for name in alone.to_pylist():
        source.problems.append(Problem("source", name, "", "the log of a database that is not there: it was not read"))


def _doubtful(source: Source, here: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the files of a backup whose names say nothing: stored and not listed, or listed with another's id."""
    names = here.filter(pc.is_in(here, value_set=pa.array(source.doubtful, pa.string())))
    return _without(names, set())


def _without(names: pa.ChunkedArray, known: set[str]) -> pa.ChunkedArray:
    beside = pc.match_substring_regex(names, f"(?:{'|'.join(SIDE_FILES)})$")
    told = pc.is_in(names, value_set=pa.array(sorted(known), pa.string()))
    return names.filter(pc.invert(pc.or_(beside, told)))


def by_place(names: pa.ChunkedArray) -> list[Step]:
    """Return the steps that the names alone decide; one pass over all names, then a look at the few candidates."""
    known = artifacts().values()
    union = "|".join(f"(?:{pattern.pattern})" for one in known for pattern in one.patterns)
    if not union:
        return []
    mask = pc.match_substring_regex(names, f"(?s)^(?:{union})(?:~[0-9]+)?$", ignore_case=True)
    candidates = names.filter(mask).to_pylist()
    return [Step(one.name, name) for name in candidates for one in known if one.lies_at(name)]


def _tell_closed(source: Source, paths: Fetched) -> int:
    """Tell of the files of unknown names that cannot be opened, and return how many there are."""
    closed = {name: found for name, found in paths.items() if isinstance(found, Failure)}
    for name, found in closed.items():
        told = f"what this file is could not be told: {found.reason}"
        source.problems.append(Problem("source", name, "", told))
    return len(closed)


def _by_content(source: Source, pool: Pool, paths: dict[str, Path]) -> list[Step]:
    steps: list[Step] = []
    alone: dict[str, Path] = {}
    for outcome in pool.run(_identify_tasks(paths, TOGETHER)):
        steps += _identified(outcome)
        if outcome.status != "done":
            alone.update({name: paths[name] for name in outcome.task.arguments["paths"]})
    for outcome in pool.run(_identify_tasks(alone, 1)):
        steps += _identified(outcome)
        if outcome.status != "done":
            (name,) = outcome.task.arguments["paths"]
            told = f"what this file is could not be told: looking into it was stopped ({outcome.status})"
            source.problems.append(Problem("source", name, "", told))
    return steps


def _identified(outcome: Outcome) -> list[Step]:
    found = (outcome.value or {}).items()
    return [Step(artifact, name) for name, artifacts_ in found for artifact in artifacts_]


def _identify_tasks(paths: dict[str, Path], together: int) -> Iterator[Task]:
    items = iter(sorted(paths.items()))
    while some := dict(islice(items, together)):
        texts = {name: str(path) for name, path in some.items()}
        yield Task(
            name="identify",
            function="perito.artifacts.worker:identify",
            arguments={"paths": texts},
            readable=tuple(texts.values()),
        )


def known_names() -> list[str]:
    """Return the names, domain first, at which a backup keeps known artifacts, as far as they can be told beforehand."""
    tails = {glob.removeprefix("**/") for one in artifacts().values() for glob in one.globs}
    ends = [f"{domain}/{tail}" for domain in DOMAINS for tail in sorted(tails) if "*" not in tail]
    return list(dict.fromkeys([*PLACES, *ends]))


def expected(source: Source, steps: list[Step]) -> list[Artifact]:
    """Return the artifacts that this kind of acquisition could hold: those of the platforms that were met."""
    rooms = {step.artifact.partition(".")[0] for step in steps}
    if source.kind in BY_PLACE_ONLY:
        rooms.add("ios")
    return [one for one in artifacts().values() if one.name.partition(".")[0] in rooms and not one.leftover]
