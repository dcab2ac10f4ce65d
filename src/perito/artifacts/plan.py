"""Which file of a source is read by which parser: by its place, and where places say nothing, by its content."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from perito.artifacts.declare import Artifact, artifacts
from perito.base.pool import Pool, Task
from perito.sources.source import HERE, SIDE_FILES, Source

BY_PLACE_ONLY = frozenset({"itunes_backup"})
"""Kinds of source whose file names are certain: content is not asked there."""
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
    "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles",
)
"""Domains of a backup in which known artifacts lie: their files are known by hashed name when no list names them."""


class Step(NamedTuple):
    """One file to be read with one parser."""

    artifact: str
    file: str


class Plan(NamedTuple):
    """What will be read, and how many files of the source no parser knows."""

    steps: list[Step]
    unknown: int
    not_looked_into: int


def plan(source: Source, pool: Pool) -> Plan:
    """Return the steps for a source in a fixed order; links are listed so that the coverage can name them."""
    entries = source.entries
    steps = by_place(entries["name"])
    here = entries.filter(pc.and_(pc.equal(entries["status"], HERE), pc.equal(entries["type"], "file")))["name"]
    unknown = _without(here, {step.file for step in steps})
    certain = source.kind in BY_PLACE_ONLY
    looked = [] if certain else unknown.slice(0, LOOKED_INTO).to_pylist()
    by_content = _by_content(source, pool, looked)
    left = 0 if certain else len(unknown) - len(looked)
    met = len({step.file for step in by_content})
    return Plan(sorted({*steps, *by_content}), len(unknown) - met, left)


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
    mask = pc.match_substring_regex(names, f"^(?:{union})$", ignore_case=True)
    candidates = names.filter(mask).to_pylist()
    return [Step(one.name, name) for name in candidates for one in known if one.lies_at(name)]


def _by_content(source: Source, pool: Pool, names: list[str]) -> list[Step]:
    paths = {name: path for name, path in source.materialise(names).items() if isinstance(path, Path)}
    steps: list[Step] = []
    for outcome in pool.run(_identify_tasks(paths)):
        for name, found in (outcome.value or {}).items():
            steps.extend(Step(artifact, name) for artifact in found)
    return steps


def _identify_tasks(paths: dict[str, Path]) -> Iterator[Task]:
    items = iter(sorted(paths.items()))
    while some := dict(islice(items, TOGETHER)):
        texts = {name: str(path) for name, path in some.items()}
        yield Task(
            name="identify",
            function="perito.artifacts.worker:identify",
            arguments={"paths": texts},
            readable=tuple(texts.values()),
        )


def known_names() -> list[str]:
    """Return the names, domain first, at which a backup keeps the artifacts whose places have no wildcard."""
    tails = {glob.removeprefix("**/") for one in artifacts().values() for glob in one.globs}
    return [f"{domain}/{tail}" for domain in DOMAINS for tail in sorted(tails) if "*" not in tail]


def expected(source: Source, steps: list[Step]) -> list[Artifact]:
    """Return the artifacts that this kind of acquisition could hold: those of the platforms that were met."""
    rooms = {step.artifact.partition(".")[0] for step in steps}
    if source.kind in BY_PLACE_ONLY:
        rooms.add("ios")
    return [one for one in artifacts().values() if one.name.partition(".")[0] in rooms]
